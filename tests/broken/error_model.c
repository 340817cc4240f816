/*
 * The example of an error model with one defect: -DBROKEN=kind. Deliberately wrong, for the tests of
 * `pandia check`. Without a defect it is the example: -DBROKEN=intact.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <string.h>

#include <pandia/pandia.h>

#define pandia_module_v1 example_module
#include "../../host-ffi/examples/c/error_model.c"
#undef pandia_module_v1

enum {
  intact, swallows, time_lost, text_lost, op_index_lost, widens, passes_extension, other_thread,
  setup_in_exec, default_wrong, noise_at_zero, error_hidden, shot_renumbered, destroys_child,
  verdict_widened, source_lost, pinned_widened
};
#define IS(kind) (BROKEN == (kind))

static pandia_status broken_query(void *me, pandia_info *out, pandia_err *err) {
  pandia_status status = query(me, out, err);
  if (IS(widens)) out->op_kinds |= PANDIA_OP_BIT(PANDIA_OP_POSTSELECT);
  if (IS(pinned_widened)) out->threading = PANDIA_THREAD_SENDABLE;
  return status;
}

static pandia_status broken_negotiate(void *me, const pandia_gate_set *gates, uint8_t *verdicts,
                                      uint32_t count, pandia_err *err) {
  pandia_status status = negotiate(me, gates, verdicts, count, err);
  uint32_t i;
  for (i = 0; i < count && IS(verdict_widened); i++) {
    if (pandia_gate_at(gates, i)->slot == PANDIA_GATE_CSWAP) verdicts[i] = PANDIA_VERDICT_NATIVE;
  }
  return status;
}

static pandia_status broken_shot_begin(void *me, uint64_t shot, uint64_t seed, pandia_err *err) {
  return shot_begin(me, IS(shot_renumbered) ? shot + 1u : shot, seed, err);
}

typedef struct {
  void *me;
  const pandia_batch *batch;
  pandia_results *results;
  pandia_err *err;
  pandia_status status;
} task;

static void *elsewhere(void *context) {
  task *t = context;
  t->status = apply(t->me, t->batch, t->results, t->err);
  return NULL;
}

static int has_custom(const pandia_batch *batch) {
  const uint64_t *op = batch->words;
  uint32_t i;
  for (i = 0; i < batch->op_count; i++, op = pandia_op_next(op)) {
    if (pandia_op_kind(op) == PANDIA_OP_CUSTOM) return 1;
  }
  return 0;
}

/* Hands on every operation of its own, but for those that it does not know. */
static pandia_status without_custom(void *me, const pandia_batch *batch, pandia_results *results,
                                    pandia_err *err) {
  const uint64_t *op = batch->words;
  uint32_t i;
  for (i = 0; i < batch->op_count; i++, op = pandia_op_next(op)) {
    pandia_batch one = *batch;
    uint32_t had = results->len;
    pandia_status status;
    if (pandia_op_kind(op) == PANDIA_OP_CUSTOM) continue;
    one.op_count = 1;
    one.result_count = pandia_op_bears_result(pandia_op_kind(op)) ? 1u : 0u;
    one.word_count = pandia_op_bytes(op) / 8u;
    one.words = op;
    status = apply(me, &one, results, err);
    if (status != PANDIA_OK) return status;
    if (results->len > had) results->items[had].op_index = i;
  }
  return PANDIA_OK;
}

static pandia_status broken_apply(void *self, const pandia_batch *batch, pandia_results *results,
                                  pandia_err *err) {
  bit_flip *me = self;
  pandia_batch changed;
  pandia_status status;
  if (IS(time_lost) || IS(source_lost)) {
    changed = *batch;
    if (IS(time_lost)) changed.start_ns = 0;
    if (IS(source_lost)) changed.issuer = 17;
    batch = &changed;
  }
  if (IS(setup_in_exec)) {
    static const pandia_gate X = {PANDIA_GATE_X, 1, 0, 0, PANDIA_TEXT("pandia.x/1"), NULL, NULL};
    static const pandia_gate_set SET = {sizeof(pandia_gate_set), 1, sizeof(pandia_gate), 0, &X};
    uint8_t verdict;
    me->child.vt->negotiate(me->child.me, &SET, &verdict, 1, NULL);
  }
  if (IS(other_thread)) {
    task t = {me, batch, results, err, 0};
    pthread_t thread;
    pthread_create(&thread, NULL, elsewhere, &t);
    pthread_join(thread, NULL);
    return t.status;
  }
  if (IS(swallows) && has_custom(batch)) return without_custom(me, batch, results, err);
  status = apply(me, batch, results, err);
  if (IS(noise_at_zero) && results->len > 0u) results->items[results->len - 1u].value ^= 1u;
  if (status < 0 && err != NULL) {
    if (IS(text_lost)) pandia_fail(err, status, ID, err->op_index, "apply failed");
    if (IS(op_index_lost)) err->op_index = 0;
  }
  if (IS(error_hidden) && status == PANDIA_E_UNSUPPORTED) {
    if (err != NULL) err->code = 0;
    return PANDIA_OK;
  }
  return status;
}

static pandia_status broken_extension(void *self, const pandia_text *name, const void **out) {
  const bit_flip *me = self;
  *out = NULL;
  if (!PANDIA_HAS(me->child.vt, pandia_backend_vt, extension)) return PANDIA_OK;
  return me->child.vt->extension(me->child.me, name, out);
}

static void broken_destroy(void *self) {
  const bit_flip *me = self;
  if (IS(destroys_child)) me->child.vt->destroy(me->child.me);
}

static pandia_status broken_create(void *memory, uint64_t memory_bytes, const pandia_config *config,
                                   const pandia_host *host, const pandia_backend *children,
                                   uint32_t child_count, pandia_backend *out, pandia_err *err) {
  pandia_status status =
      create(memory, memory_bytes, config, host, children, child_count, out, err);
  bit_flip *me = memory;
  if (status != PANDIA_OK) return status;
  me->vt.query = broken_query;
  me->vt.negotiate = broken_negotiate;
  me->vt.shot_begin = broken_shot_begin;
  me->vt.apply = broken_apply;
  me->vt.destroy = broken_destroy;
  if (IS(passes_extension)) me->vt.extension = broken_extension;
  return PANDIA_OK;
}

static const pandia_param BROKEN_PARAMS[] = {{
    0, UINT64_C(0x3ff0000000000000),
    IS(default_wrong) ? UINT64_C(0x4000000000000000) : UINT64_C(0x3f50624dd2f1a9fc),
    PANDIA_PARAM_PROBABILITY, PANDIA_VALUE_REAL, 0, 0,
    PANDIA_TEXT("p"), PANDIA_TEXT("1"), PANDIA_TEXT("the probability of a flip"),
    {NULL, 0, 0}, NULL, NULL,
}};

static const pandia_plugin BROKEN_LAYER = {
    sizeof(pandia_plugin), PANDIA_KIND_ERROR_MODEL, 0, 1, 1, 1, sizeof(pandia_param), 0,
    PANDIA_TEXT("broken.error_model"), PANDIA_TEXT("1.0.0"), PANDIA_TEXT("Wrong on purpose."),
    BROKEN_PARAMS, layout, broken_create, NULL,
};
static const pandia_plugin *const BROKEN_PLUGINS[] = {&BROKEN_LAYER};
const pandia_module pandia_module_v1 = PANDIA_MODULE_OF(BROKEN_PLUGINS);
