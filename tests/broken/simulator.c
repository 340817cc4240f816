/*
 * The example of a simulator with one defect: -DBROKEN=kind. Deliberately wrong, for the tests of
 * `pandia check`. Without a defect it is the example: -DBROKEN=intact.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pandia/pandia.h>

#define pandia_module_v1 example_module
#include "../../host-ffi/examples/c/simulator.c"
#undef pandia_module_v1

enum {
  intact, null_slot, short_table, reserved_in_table, query_overrun, setting_ignored, custom_taken,
  outcome_lost, op_index_wrong, value_7, outcome_added, claims_too_much, positive_status,
  state_shared, random_from_address, remembers_shots, refusal_acts, exits, segfault, hangs,
  double_free, leaks, reads_freed, writes_beyond, text_overrun, success_with_error, verdict_9,
  h_is_wrong, measure_flips, layout_impure, memory_short, growth_ignored, seed_ignored, begins_twice,
  id_empty, layout_null, thread_local_state, crashes_on_load, null_memory, reserved_ignored,
  op_index_huge, gate_taken, instance_lost, unsigned_error, room_unchecked, state_without_function,
  stale_memory, prints_and_exits, outcomes_overwritten, reserved_in_plugin
};
#define IS(kind) (BROKEN == (kind))

static pandia_stream shared_stream;
static __thread pandia_stream own_stream;
static void *held[64];

static pandia_status broken_id(void *me, pandia_text *out) {
  pandia_status status = id(me, out);
  if (IS(id_empty)) out->len = 0;
  return status;
}

static pandia_status broken_query(void *me, pandia_info *out, pandia_err *err) {
  pandia_status status = query(me, out, err);
  if (IS(query_overrun)) memset(out + 1, 0, 16);
  if (IS(claims_too_much)) out->op_kinds |= PANDIA_OP_BIT(PANDIA_OP_POSTSELECT);
  if (IS(state_without_function)) out->caps |= PANDIA_CAP_STATE;
  return status;
}

static pandia_status broken_negotiate(void *me, const pandia_gate_set *gates, uint8_t *verdicts,
                                      uint32_t count, pandia_err *err) {
  pandia_gate_set cut;
  uint32_t i;
  pandia_status status;
  if (IS(reserved_ignored) && gates->size == sizeof cut) {
    cut = *gates;
    cut.reserved0 = 0;
    gates = &cut;
  }
  status = negotiate(me, gates, verdicts, count, err);
  for (i = 0; i < count && status == PANDIA_OK; i++) {
    if (IS(verdict_9) && pandia_gate_at(gates, i)->slot == PANDIA_GATE_H) verdicts[i] = 9;
    if (IS(gate_taken) && pandia_gate_at(gates, i)->slot >= PANDIA_GATE_FIRST_USER) verdicts[i] = 1;
  }
  return status;
}

static pandia_status broken_shot_begin(void *self, uint64_t shot, uint64_t seed, pandia_err *err) {
  simulator *me = self;
  pandia_stream before = me->stream;
  pandia_status status;
  if (IS(begins_twice)) me->in_shot = 0;
  status = shot_begin(me, shot, IS(seed_ignored) ? 0 : seed, err);
  if (IS(positive_status) && status == PANDIA_E_STATE) status = -status;
  if (IS(remembers_shots) && shot > 0) me->stream = before;
  if (IS(state_shared)) shared_stream = me->stream;
  if (IS(thread_local_state) && shot == 0) own_stream = me->stream;
  return status;
}

/* Operations that the example refuses as unknown are done, with no effect. */
static pandia_status take_custom(simulator *me, const pandia_batch *batch, pandia_results *results,
                                 pandia_err *err) {
  pandia_status status = apply(me, batch, results, err);
  if (status != PANDIA_E_UNSUPPORTED) return status;
  if (err != NULL) err->code = 0;
  return PANDIA_OK;
}

/* One operation after the other, with a phase too many after every h. */
static pandia_status wrong_h(simulator *me, const pandia_batch *batch, pandia_results *results,
                             pandia_err *err) {
  const uint64_t *op = batch->words;
  uint32_t i;
  if (!PANDIA_FITS(batch, pandia_batch, words)) return apply(me, batch, results, err);
  for (i = 0; i < batch->op_count; i++, op = pandia_op_next(op)) {
    pandia_batch one = *batch;
    uint32_t had = results->len;
    pandia_status status;
    complex_t m[4];
    one.op_count = 1;
    one.result_count = pandia_op_bears_result(pandia_op_kind(op)) ? 1u : 0u;
    one.word_count = pandia_op_bytes(op) / 8u;
    one.words = op;
    status = apply(me, &one, results, err);
    if (status != PANDIA_OK) {
      if (err != NULL) err->op_index = i;
      return status;
    }
    if (results->len > had) results->items[had].op_index = i;
    if (pandia_op_kind(op) != PANDIA_OP_GATE || pandia_op_gate(op) != PANDIA_GATE_H) continue;
    one_qubit_matrix(PANDIA_GATE_S, NULL, m);
    apply_matrix(me, op, m);
  }
  return PANDIA_OK;
}

static pandia_status broken_apply(void *self, const pandia_batch *batch, pandia_results *results,
                                  pandia_err *err) {
  simulator *me = self;
  pandia_batch plain;
  uint32_t had = results->len, i;
  const uint64_t *op = batch->words;
  pandia_status status;
  if (IS(segfault)) *(volatile int *)16 = 1;
  if (IS(exits)) _exit(0);
  if (IS(prints_and_exits)) {
    if (write(1, "no such luck\n", 13) < 0) abort();
    exit(3);
  }
  if (IS(growth_ignored)) {
    plain = *batch;
    plain.size = sizeof plain;
    batch = &plain;
  }
  if (IS(state_shared)) me->stream = shared_stream;
  if (IS(thread_local_state)) me->stream = own_stream;
  if (IS(reads_freed)) {
    volatile uint8_t *gone = malloc(64);
    uint8_t *volatile alias = (uint8_t *)gone;
    free(alias);
    if (alias[8] == 77) me->stream_id++;
  }
  if (IS(room_unchecked) && results->cap - results->len < batch->result_count && me->in_shot) {
    measure(me, 0); /* and only then the check */
  }
  status = IS(custom_taken) ? take_custom(me, batch, results, err)
           : IS(h_is_wrong) ? wrong_h(me, batch, results, err)
                            : apply(me, batch, results, err);
  if (IS(refusal_acts) && status < 0 && me->in_shot) measure(me, 0), flip(me, 1);
  if (IS(instance_lost) && status == PANDIA_E_QUBIT_OUT_OF_RANGE) status = PANDIA_E_BROKEN;
  if (IS(success_with_error) && status == PANDIA_E_QUBIT_OUT_OF_RANGE) status = PANDIA_OK;
  if (status < 0 && err != NULL) {
    if (IS(text_overrun)) {
      static const char words[] = "a text that is far longer than what the caller has room for, "
                                  "written down to its end without a look at the cap: an overrun "
                                  "of the caller's buffer, and whatever lies behind that is lost";
      memcpy(err->text, words, sizeof words - 1u);
    }
    if (IS(unsigned_error)) err->layer_len = 0;
    if (IS(op_index_huge)) err->op_index = 4000000;
    err->code = status;
  }
  if (status != PANDIA_OK) return status;
  for (i = 0; i < batch->op_count; i++, op = pandia_op_next(op)) {
    if (IS(measure_flips) && pandia_op_kind(op) == PANDIA_OP_MEASURE) {
      flip(me, pandia_op_qubit(op, 0)); /* what was measured is not what is left */
    }
  }
  if (IS(outcome_lost) && results->len > had + 1u) results->len--;
  if (IS(outcome_added) && results->len > had && results->len < results->cap) {
    results->items[results->len] = results->items[results->len - 1u];
    results->len++;
  }
  if (IS(outcomes_overwritten) && had > 0u) results->items[0].value = 0;
  for (i = had; i < results->len; i++) {
    if (IS(op_index_wrong)) results->items[i].op_index = i - had;
    if (IS(value_7) && results->items[i].value == 1u) results->items[i].value = 7;
  }
  if (IS(thread_local_state)) own_stream = me->stream;
  if (IS(state_shared)) shared_stream = me->stream;
  return status;
}

static pandia_status broken_shot_end(void *me, pandia_err *err) {
  if (IS(hangs)) {
    for (;;) pause();
  }
  return shot_end(me, err);
}

static void broken_destroy(void *me) {
  uint32_t i;
  for (i = 0; i < 64u && (IS(double_free)); i++) {
    void *volatile twice = held[i];
    if (twice != NULL) free(held[i]), free(twice), held[i] = NULL;
  }
  destroy(me);
}

static pandia_backend_vt broken_vt = {
    IS(short_table) ? 48 : sizeof(pandia_backend_vt), IS(reserved_in_table) ? 1 : 0,
    broken_id, broken_query, broken_negotiate, broken_shot_begin, broken_apply,
    IS(null_slot) ? NULL : broken_shot_end, broken_destroy, NULL, NULL, NULL, NULL, NULL,
};

/* The configuration without what is not to be looked at. */
static const pandia_config *changed(const pandia_config *config, pandia_config *plain) {
  if (!IS(growth_ignored) && !IS(setting_ignored)) return config;
  *plain = *config;
  if (IS(growth_ignored)) plain->size = sizeof *plain;
  if (IS(setting_ignored)) plain->setting_count = 0;
  return plain;
}

static pandia_status broken_layout(const pandia_config *config, pandia_layout *out,
                                   pandia_err *err) {
  static uint64_t calls;
  pandia_config plain;
  pandia_status status = layout(changed(config, &plain), out, err);
  if (IS(layout_impure)) out->bytes += 16u * calls++;
  if (IS(writes_beyond)) out->bytes -= 16u;
  return status;
}

static pandia_status broken_create(void *memory, uint64_t memory_bytes, const pandia_config *config,
                                   const pandia_host *host, const pandia_backend *children,
                                   uint32_t child_count, pandia_backend *out, pandia_err *err) {
  simulator *me = memory;
  pandia_config plain;
  pandia_status status;
  uint32_t i;
  uint64_t left = 0;
  if (IS(stale_memory)) left = me->stream_id == config->stream;
  config = changed(config, &plain);
  if (IS(memory_short) || IS(writes_beyond)) memory_bytes += 16u;
  if (IS(null_memory) && memory == NULL) me = NULL, me->in_shot = 0;
  status = create(memory, memory_bytes, config, host, children, child_count, out, err);
  if (status != PANDIA_OK) return status;
  if (IS(writes_beyond)) set(&me->amps[(1u << me->qubit_count) - 1u], 0.0, 0.0);
  if (IS(random_from_address)) me->stream_id = (uint64_t)(uintptr_t)me;
  if (IS(stale_memory)) me->stream_id += left;
  for (i = 0; i < 64u && IS(double_free); i++) {
    if (held[i] == NULL) {
      held[i] = malloc(40);
      break;
    }
  }
  if (IS(leaks)) {
    uint8_t *volatile lost = malloc(40);
    lost[0] = 1;
    lost = NULL;
  }
  out->vt = &broken_vt;
  return PANDIA_OK;
}

static const pandia_plugin BROKEN_SIMULATOR = {
    sizeof(pandia_plugin), PANDIA_KIND_SIMULATOR, 0, 0, 0, 0, sizeof(pandia_param),
    IS(reserved_in_plugin) ? 1 : 0,
    PANDIA_TEXT("broken.simulator"), PANDIA_TEXT("1.0.0"), PANDIA_TEXT("Wrong on purpose."), NULL,
    IS(layout_null) ? NULL : broken_layout, broken_create, NULL,
};
static const pandia_plugin *const BROKEN_PLUGINS[] = {&BROKEN_SIMULATOR};
const pandia_module pandia_module_v1 = PANDIA_MODULE_OF(BROKEN_PLUGINS);

__attribute__((constructor)) static void loaded(void) {
  if (IS(crashes_on_load)) abort();
}
