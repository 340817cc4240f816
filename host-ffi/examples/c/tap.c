/*
 * A tap in one file of C: counts operations, outcomes and ones on their way, and changes nothing.
 *
 * Shows how a layer hands on what its child can do, and no more than that.
 */
#include <pandia/pandia.h>

#define ID "example.c.tap"

typedef struct {
  pandia_backend child;
  pandia_backend_vt vt; /* of this instance: it offers what this child offers */
  uint64_t counts[3];
} tap;

static const char *const COUNT_NAMES[3] = {"operations", "outcomes", "ones"};

static pandia_status id(void *me, pandia_text *out) {
  const pandia_text text = PANDIA_TEXT(ID);
  (void)me;
  *out = text;
  return PANDIA_OK;
}

static pandia_status query(void *self, pandia_info *out, pandia_err *err) {
  const tap *me = self;
  return me->child.vt->query(me->child.me, out, err);
}

static pandia_status negotiate(void *self, const pandia_gate_set *gates, uint8_t *verdicts,
                               uint32_t verdict_count, pandia_err *err) {
  const tap *me = self;
  return me->child.vt->negotiate(me->child.me, gates, verdicts, verdict_count, err);
}

static pandia_status shot_begin(void *self, uint64_t shot, uint64_t seed, pandia_err *err) {
  const tap *me = self;
  return me->child.vt->shot_begin(me->child.me, shot, seed, err);
}

static pandia_status apply(void *self, const pandia_batch *batch, pandia_results *results,
                           pandia_err *err) {
  tap *me = self;
  uint32_t had = results->len, i;
  pandia_status status = me->child.vt->apply(me->child.me, batch, results, err);
  if (status != PANDIA_OK) return status; /* with the child's words, operation and signature */
  me->counts[0] += batch->op_count;
  for (i = had; i < results->len && i < results->cap; i++) {
    me->counts[1]++;
    me->counts[2] += results->items[i].value == 1u;
  }
  return PANDIA_OK;
}

static pandia_status shot_end(void *self, pandia_err *err) {
  const tap *me = self;
  return me->child.vt->shot_end(me->child.me, err);
}

static void destroy(void *me) { (void)me; /* The child is destroyed by who created it. */ }

static pandia_status metric(void *self, uint32_t index, pandia_metric *out) {
  const tap *me = self;
  const pandia_text part = PANDIA_TEXT(ID);
  uint32_t len = 0;
  if (index >= 3u) {
    if (PANDIA_HAS(me->child.vt, pandia_backend_vt, metric)) {
      return me->child.vt->metric(me->child.me, index - 3u, out);
    }
    out->kind = PANDIA_METRIC_END;
    return PANDIA_OK;
  }
  while (COUNT_NAMES[index][len] != '\0') len++;
  out->kind = PANDIA_METRIC_COUNTER;
  out->value = me->counts[index];
  out->part = part;
  out->name.at = (const uint8_t *)COUNT_NAMES[index];
  out->name.len = len;
  return PANDIA_OK;
}

static pandia_status state(void *self, const pandia_state_query *query_, double *out,
                           uint64_t out_count, pandia_err *err) {
  const tap *me = self;
  return me->child.vt->state(me->child.me, query_, out, out_count, err);
}

static pandia_status state_digest(void *self, uint64_t *out, pandia_err *err) {
  const tap *me = self;
  return me->child.vt->state_digest(me->child.me, out, err);
}

static pandia_status cancel(void *self) {
  const tap *me = self;
  return me->child.vt->cancel(me->child.me);
}

static pandia_status layout(const pandia_config *config, pandia_layout *out, pandia_err *err) {
  if (!PANDIA_FITS(config, pandia_config, settings) || config->reserved0 != 0u) {
    return pandia_fail(err, PANDIA_E_INTERFACE, ID, PANDIA_NO_OP,
                       "a configuration from later than this plugin; use a newer build of it");
  }
  if (config->setting_count > 0u) {
    return pandia_fail(err, PANDIA_E_CONFIG, ID, PANDIA_NO_OP, "there is nothing to set; "
                       "remove the settings");
  }
  out->align = 16u;
  out->bytes = sizeof(tap);
  return PANDIA_OK;
}

static pandia_status create(void *memory, uint64_t memory_bytes, const pandia_config *config,
                            const pandia_host *host, const pandia_backend *children,
                            uint32_t child_count, pandia_backend *out, pandia_err *err) {
  /* No extension: a layer passes on none that it does not know. */
  static const pandia_backend_vt OWN = {
      sizeof(pandia_backend_vt), 0, id, query, negotiate, shot_begin, apply, shot_end, destroy,
      metric, state, state_digest, cancel, NULL,
  };
  tap *me = memory;
  pandia_layout needed = {sizeof(pandia_layout), 0, 0};
  pandia_status status = layout(config, &needed, err);
  (void)host;
  if (status != PANDIA_OK) return status;
  if (child_count != 1u || !pandia_memory_fits(memory, memory_bytes, &needed)) {
    return pandia_fail(err, PANDIA_E_ARGUMENT, ID, PANDIA_NO_OP, "takes one child, and the memory "
                       "that layout says");
  }
  me->child = children[0];
  me->counts[0] = me->counts[1] = me->counts[2] = 0;
  me->vt = OWN;
  /* Offered exactly when the child offers it. */
  if (!PANDIA_HAS(me->child.vt, pandia_backend_vt, state)) me->vt.state = NULL;
  if (!PANDIA_HAS(me->child.vt, pandia_backend_vt, state_digest)) me->vt.state_digest = NULL;
  if (!PANDIA_HAS(me->child.vt, pandia_backend_vt, cancel)) me->vt.cancel = NULL;
  out->vt = &me->vt;
  out->me = me;
  return PANDIA_OK;
}

static const pandia_plugin TAP = {
    sizeof(pandia_plugin), PANDIA_KIND_TAP, 0,
    1, 1,                              /* children */
    0, sizeof(pandia_param), 0,        /* parameters */
    PANDIA_TEXT(ID), PANDIA_TEXT("1.0.0"),
    PANDIA_TEXT("Counts operations, outcomes and ones; in one file of C."),
    NULL, layout, create, NULL,
};
static const pandia_plugin *const PLUGINS[] = {&TAP};
const pandia_module pandia_module_v1 = PANDIA_MODULE_OF(PLUGINS);
