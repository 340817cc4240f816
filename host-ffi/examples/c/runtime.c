/*
 * A runtime in one file of C: hands every batch to the stack as it comes, one after the other in
 * time, and keeps the results.
 *
 * Shows attaching to a stack, scheduling, and cutting a batch whose outcomes do not fit.
 */
#include <pandia/pandia.h>

#define ID "example.c.runtime"
#define GATE_NS 10u
#define MEASURE_NS 100u

/* An instance: this, then a value for each result id, then room for as many outcomes. */
typedef struct {
  pandia_backend stack;
  int is_attached;
  uint32_t result_count;
  uint64_t now_ns;
  uint64_t *values;
  pandia_outcome *room;
} runtime;

static pandia_status id(void *me, pandia_text *out) {
  const pandia_text text = PANDIA_TEXT(ID);
  (void)me;
  *out = text;
  return PANDIA_OK;
}

static pandia_status no_stack(pandia_err *err) {
  return pandia_fail(err, PANDIA_E_STATE, ID, PANDIA_NO_OP, "no stack is attached; attach one first");
}

static pandia_status attach(void *self, const pandia_backend *stack, const pandia_config *config,
                            uint32_t own_thread, pandia_err *err) {
  runtime *me = self;
  pandia_info info = {sizeof(pandia_info), 0, 0, 0, 0, 0};
  pandia_status status;
  (void)config;
  if (me->is_attached) {
    return pandia_fail(err, PANDIA_E_STATE, ID, PANDIA_NO_OP, "a stack is attached; detach it first");
  }
  /* This one has no thread of its own: it is called, and calls. But a permission that cannot be
     given is a mistake of the caller's. */
  status = stack->vt->query(stack->me, &info, err);
  if (status != PANDIA_OK) return status;
  if (own_thread != 0u && info.threading != PANDIA_THREAD_SENDABLE) {
    return pandia_fail(err, PANDIA_E_STATE, ID, PANDIA_NO_OP,
                       "the stack is pinned to its thread; attach it with own_thread 0");
  }
  me->stack = *stack;
  me->is_attached = 1;
  return PANDIA_OK;
}

static pandia_status detach(void *self, pandia_err *err) {
  runtime *me = self;
  if (!me->is_attached) return no_stack(err);
  me->is_attached = 0; /* No call is in flight: every call here returns when the stack's has. */
  return PANDIA_OK;
}

static pandia_status query(void *self, pandia_info *out, pandia_err *err) {
  const runtime *me = self;
  if (!me->is_attached) return no_stack(err);
  return me->stack.vt->query(me->stack.me, out, err);
}

static pandia_status negotiate(void *self, const pandia_gate_set *gates, uint8_t *verdicts,
                               uint32_t verdict_count, pandia_err *err) {
  const runtime *me = self;
  if (!me->is_attached) return no_stack(err);
  return me->stack.vt->negotiate(me->stack.me, gates, verdicts, verdict_count, err);
}

static pandia_status shot_begin(void *self, uint64_t shot, uint64_t seed, pandia_err *err) {
  runtime *me = self;
  uint32_t i;
  pandia_status status;
  if (!me->is_attached) return no_stack(err);
  status = me->stack.vt->shot_begin(me->stack.me, shot, seed, err);
  if (status != PANDIA_OK) return status;
  for (i = 0; i < me->result_count; i++) me->values[i] = PANDIA_NOT_YET;
  me->now_ns = 0;
  return PANDIA_OK;
}

static uint64_t length_ns(const uint64_t *op) {
  switch (pandia_op_kind(op)) {
    case PANDIA_OP_GATE: return GATE_NS;
    case PANDIA_OP_MEASURE:
    case PANDIA_OP_MEASURE_LEAKED:
    case PANDIA_OP_RESET: return MEASURE_NS;
    case PANDIA_OP_IDLE: return pandia_op_param_u64(op, 0);
    default: return 0;
  }
}

/* Sends a piece of the caller's batch, at the time that it is now, and keeps its results. */
static pandia_status send(runtime *me, pandia_batch *piece, uint32_t first_op, pandia_err *err) {
  pandia_results results = {sizeof(pandia_results), 0, 0, 0, NULL};
  pandia_status status;
  uint32_t i;
  results.cap = me->result_count;
  results.items = me->room;
  piece->size = sizeof *piece;
  piece->start_ns = me->now_ns;
  status = me->stack.vt->apply(me->stack.me, piece, &results, err);
  if (status != PANDIA_OK) {
    if (err != NULL && err->op_index != PANDIA_NO_OP) err->op_index += first_op;
    if (first_op > 0u && status <= -1 && status >= -99) { /* an earlier piece was done */
      status = PANDIA_E_PARTIAL;
      if (err != NULL) err->code = status;
    }
    return status;
  }
  for (i = 0; i < results.len && i < results.cap; i++) {
    if (me->room[i].id < me->result_count) me->values[me->room[i].id] = me->room[i].value;
  }
  me->now_ns += piece->length_ns;
  return PANDIA_OK;
}

static pandia_status submit(void *self, const pandia_batch *batch, pandia_err *err) {
  runtime *me = self;
  const uint64_t *op;
  pandia_batch piece;
  uint32_t i, first_op = 0;
  if (!me->is_attached) return no_stack(err);
  if (!PANDIA_FITS(batch, pandia_batch, words)) {
    return pandia_fail(err, PANDIA_E_INTERFACE, ID, PANDIA_NO_OP,
                       "a batch from later than this plugin; use a newer build of it");
  }
  op = batch->words;
  piece = *batch;
  for (i = 0; i < batch->op_count; i++, op = pandia_op_next(op)) {
    if (pandia_op_bears_result(pandia_op_kind(op)) &&
        pandia_op_param_u64(op, 0) >= me->result_count) {
      pandia_fail(err, PANDIA_E_ARGUMENT, ID, i, "no such result id; results here: ");
      pandia_err_number(err, me->result_count);
      return PANDIA_E_ARGUMENT;
    }
  }
  op = batch->words;
  piece.op_count = piece.result_count = piece.word_count = 0;
  piece.length_ns = 0;
  for (i = 0; i < batch->op_count; i++, op = pandia_op_next(op)) {
    uint32_t bears = pandia_op_bears_result(pandia_op_kind(op)) ? 1u : 0u;
    if (piece.result_count + bears > me->result_count) {
      pandia_status status = send(me, &piece, first_op, err);
      if (status != PANDIA_OK) return status;
      first_op = i;
      piece.words = op;
      piece.op_count = piece.result_count = piece.word_count = 0;
      piece.length_ns = 0;
    }
    piece.op_count++;
    piece.result_count += bears;
    piece.word_count += pandia_op_bytes(op) / 8u;
    piece.length_ns += length_ns(op);
  }
  return piece.op_count > 0u ? send(me, &piece, first_op, err) : PANDIA_OK;
}

static pandia_status result(void *self, uint64_t result_id, uint32_t wait, uint64_t *out,
                            pandia_err *err) {
  const runtime *me = self;
  (void)wait; /* Nothing is ever held back. */
  if (!me->is_attached) return no_stack(err);
  if (result_id >= me->result_count || me->values[result_id] == PANDIA_NOT_YET) {
    return pandia_fail(err, PANDIA_E_ARGUMENT, ID, PANDIA_NO_OP,
                       "nothing was measured into this result in this shot; measure it first");
  }
  *out = me->values[result_id];
  return PANDIA_OK;
}

static pandia_status shot_end(void *self, pandia_err *err) {
  const runtime *me = self;
  if (!me->is_attached) return no_stack(err);
  return me->stack.vt->shot_end(me->stack.me, err);
}

static void destroy(void *me) { (void)me; /* Holds nothing but the stack, which is another's. */ }

static pandia_status metric(void *self, uint32_t index, pandia_metric *out) {
  const runtime *me = self;
  if (me->is_attached && PANDIA_HAS(me->stack.vt, pandia_backend_vt, metric)) {
    return me->stack.vt->metric(me->stack.me, index, out);
  }
  out->kind = PANDIA_METRIC_END;
  return PANDIA_OK;
}

static const pandia_runtime_vt VT = {
    sizeof(pandia_runtime_vt), 0, id, attach, detach, query, negotiate, shot_begin, submit, result,
    shot_end, destroy, metric, NULL, /* extension */
};

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
  out->bytes = sizeof(runtime) +
               (uint64_t)config->result_count * (sizeof(uint64_t) + sizeof(pandia_outcome));
  return PANDIA_OK;
}

static pandia_status create(void *memory, uint64_t memory_bytes, const pandia_config *config,
                            const pandia_host *host, pandia_runtime *out, pandia_err *err) {
  runtime *me = memory;
  pandia_layout needed = {sizeof(pandia_layout), 0, 0};
  pandia_status status = layout(config, &needed, err);
  uint32_t i;
  (void)host;
  if (status != PANDIA_OK) return status;
  if (!pandia_memory_fits(memory, memory_bytes, &needed)) {
    return pandia_fail(err, PANDIA_E_ARGUMENT, ID, PANDIA_NO_OP, "takes the memory that layout says");
  }
  me->is_attached = 0;
  me->now_ns = 0;
  me->result_count = config->result_count;
  me->values = (uint64_t *)(void *)(me + 1);
  me->room = (pandia_outcome *)(void *)(me->values + me->result_count);
  for (i = 0; i < me->result_count; i++) {
    static const pandia_outcome EMPTY = {0, 0, 0, 0, 0, 0};
    me->room[i] = EMPTY; /* the rule: places for outcomes are initialised */
  }
  out->vt = &VT;
  out->me = me;
  return PANDIA_OK;
}

static const pandia_plugin RUNTIME = {
    sizeof(pandia_plugin), PANDIA_KIND_RUNTIME, 0,
    0, 0,                              /* children */
    0, sizeof(pandia_param), 0,        /* parameters */
    PANDIA_TEXT(ID), PANDIA_TEXT("1.0.0"),
    PANDIA_TEXT("Every batch at once, one after the other in time; in one file of C."),
    NULL, layout, NULL, create,
};
static const pandia_plugin *const PLUGINS[] = {&RUNTIME};
const pandia_module pandia_module_v1 = PANDIA_MODULE_OF(PLUGINS);
