/*
 * The example's simulator in C, at whichever minor its header is: it counts what it is told, and can
 * live without `shot_end`.
 *
 * DRILL_BARE: leaves out what minor 3 retires. DRILL_FLOOR: does not live with an older host.
 */
#include <pandia/pandia.h>

#define pandia_module_v1 example_module
#include "simulator.c"
#undef pandia_module_v1

#undef ID
#define ID "drill.c"

/* Before the example's own instance, whose alignment it keeps. */
typedef union {
  struct {
    uint64_t shots, ends, flushes;
    int running;
  } is;
  uint8_t bytes[48];
} counts;

static counts *of(void *me) { return (counts *)me - 1; }

static pandia_status drill_id(void *me, pandia_text *out) {
  static const pandia_text text = PANDIA_TEXT(ID);
  (void)me;
  *out = text;
  return PANDIA_OK;
}

static pandia_status drill_shot_begin(void *me, uint64_t shot, uint64_t seed, pandia_err *err) {
  /* A host of minor 3 need not end a shot before it begins the next. */
  if (of(me)->is.running) shot_end(me, NULL);
  of(me)->is.running = 1;
  of(me)->is.shots++;
  return shot_begin(me, shot, seed, err);
}

#ifndef DRILL_BARE
static pandia_status drill_shot_end(void *me, pandia_err *err) {
  of(me)->is.running = 0;
  of(me)->is.ends++;
  return shot_end(me, err);
}

static pandia_status drill_metric(void *me, uint32_t index, pandia_metric *out) {
  static const pandia_text part = PANDIA_TEXT(ID), name = PANDIA_TEXT("shots");
  if (index != 0u) return PANDIA_OK; /* PANDIA_METRIC_END is 0, and so is what is to be filled */
  out->kind = PANDIA_METRIC_COUNTER;
  out->value = of(me)->is.shots;
  out->part = part;
  out->name = name;
  return PANDIA_OK;
}
#endif

#if PANDIA_MINOR >= 1
static pandia_status drill_snapshot(void *me, uint64_t *token, pandia_err *err) {
  (void)err;
  *token = of(me)->is.flushes * 1000u + of(me)->is.ends;
  return PANDIA_OK;
}
#endif

#if PANDIA_MINOR >= 2
static pandia_status drill_flush(void *me, pandia_err *err) {
  (void)err;
  of(me)->is.flushes++;
  return PANDIA_OK;
}
#endif

static const pandia_backend_vt DRILL_VT = {
    .size = sizeof(pandia_backend_vt),
    .id = drill_id,
    .query = query,
    .negotiate = negotiate,
    .shot_begin = drill_shot_begin,
    .apply = apply,
#ifndef DRILL_BARE
    .shot_end = drill_shot_end,
    .metric = drill_metric,
#endif
    .destroy = destroy,
#if PANDIA_MINOR >= 1
    .snapshot = drill_snapshot,
#endif
#if PANDIA_MINOR >= 2
    .flush = drill_flush,
#endif
};

static pandia_status drill_layout(const pandia_config *config, pandia_layout *out,
                                  pandia_err *err) {
  pandia_status status = layout(config, out, err);
  out->bytes += sizeof(counts);
  return status;
}

static pandia_status drill_create(void *memory, uint64_t memory_bytes, const pandia_config *config,
                                  const pandia_host *host, const pandia_backend *children,
                                  uint32_t child_count, pandia_backend *out, pandia_err *err) {
  static const counts none = {{0, 0, 0, 0}};
  counts *before = memory;
  pandia_status status = PANDIA_E_CAPACITY;
  if (memory_bytes < sizeof(counts)) return status;
  status = create(before + 1, memory_bytes - sizeof(counts), config, host, children, child_count,
                  out, err);
  if (status != PANDIA_OK) return status;
  *before = none;
  out->vt = &DRILL_VT;
  return PANDIA_OK;
}

static const pandia_plugin DRILL = {
    sizeof(pandia_plugin), PANDIA_KIND_SIMULATOR, 0, 0, 0, 0, sizeof(pandia_param), 0,
    PANDIA_TEXT(ID), PANDIA_TEXT("1.0.0"), PANDIA_TEXT("A simulator that counts what it is told."),
    NULL, drill_layout, drill_create, NULL,
};
static const pandia_plugin *const DRILL_PLUGINS[] = {&DRILL};

const pandia_module pandia_module_v1 = {
    .magic = PANDIA_MAGIC,
    .size = sizeof(pandia_module),
    .major = PANDIA_MAJOR,
    .minor = PANDIA_MINOR,
#ifdef DRILL_FLOOR
    .min_host_minor = PANDIA_MINOR,
#endif
    .plugin_count = 1,
    .plugins = DRILL_PLUGINS,
};
