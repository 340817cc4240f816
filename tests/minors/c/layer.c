/*
 * The example's tap in C, at whichever minor its header is: what its child has and the header knows,
 * it passes on; what its child lacks, it does without.
 *
 * DRILL_BARE: leaves out what minor 3 retires.
 */
#include <pandia/pandia.h>

#define pandia_module_v1 example_module
#include "tap.c"
#undef pandia_module_v1

#if PANDIA_MINOR >= 1
static pandia_status drill_snapshot(void *self, uint64_t *token, pandia_err *err) {
  const tap *me = self;
  return me->child.vt->snapshot(me->child.me, token, err);
}
#endif

#if PANDIA_MINOR >= 2
/* Required of this table, but not of the child's: its floor is a host of minor 0. */
static pandia_status drill_flush(void *self, pandia_err *err) {
  const tap *me = self;
  if (!PANDIA_HAS(me->child.vt, pandia_backend_vt, flush)) return PANDIA_OK;
  return me->child.vt->flush(me->child.me, err);
}
#endif

static pandia_status drill_create(void *memory, uint64_t memory_bytes, const pandia_config *config,
                                  const pandia_host *host, const pandia_backend *children,
                                  uint32_t child_count, pandia_backend *out, pandia_err *err) {
  pandia_status status =
      create(memory, memory_bytes, config, host, children, child_count, out, err);
  tap *me = memory;
  if (status != PANDIA_OK) return status;
#ifdef DRILL_BARE
  me->vt.shot_end = NULL;
  me->vt.metric = NULL;
#endif
#if PANDIA_MINOR >= 1
  me->vt.snapshot =
      PANDIA_HAS(me->child.vt, pandia_backend_vt, snapshot) ? drill_snapshot : NULL;
#endif
#if PANDIA_MINOR >= 2
  me->vt.flush = drill_flush;
#endif
  (void)me;
  return status;
}

static const pandia_plugin DRILL = {
    sizeof(pandia_plugin), PANDIA_KIND_TAP, 0, 1, 1, 0, sizeof(pandia_param), 0,
    PANDIA_TEXT(ID), PANDIA_TEXT("1.0.0"), PANDIA_TEXT("Passes on what its child has."),
    NULL, layout, drill_create, NULL,
};
static const pandia_plugin *const DRILL_PLUGINS[] = {&DRILL};

const pandia_module pandia_module_v1 = PANDIA_MODULE_OF(DRILL_PLUGINS);
