/* Every function and macro of the header, used once, so that each is compiled on every target. */
#include <pandia/pandia.h>
#include <pandia/random.h>

uint64_t use_records(const pandia_batch *batch, pandia_results *results);
uint64_t use_records(const pandia_batch *batch, pandia_results *results) {
  uint64_t sum = 0;
  const uint64_t *op = batch->words;
  uint32_t i;
  for (i = 0; i < batch->op_count; i++, op = pandia_op_next(op)) {
    sum += pandia_op_bytes(op) + pandia_op_flags(op) + pandia_op_gate(op);
    if (pandia_op_qubit_count(op) > 0) sum += pandia_op_qubit(op, 0);
    if (pandia_op_param_count(op) > 0) sum += pandia_bits_of(pandia_op_param_f64(op, 0));
    if (pandia_op_bears_result(pandia_op_kind(op))) {
      if (pandia_results_push(results, op, i, 0) != PANDIA_OK) return 0;
    }
    if ((PANDIA_OP_BIT(pandia_op_kind(op)) & PANDIA_OP_BIT(PANDIA_OP_IDLE)) != 0) sum++;
  }
  return sum;
}

uint32_t use_writing(uint64_t *words, uint32_t cap);
uint32_t use_writing(uint64_t *words, uint32_t cap) {
  const uint32_t qubits[3] = {0, 1, 2};
  uint64_t theta = pandia_bits_of(0.5);
  return pandia_op_write(words, cap, PANDIA_OP_GATE, PANDIA_FLAG_INSERTED, PANDIA_GATE_RZ, qubits,
                         3, &theta, 1);
}

pandia_status use_setup(const pandia_config *config, const pandia_gate_set *set,
                        const pandia_backend *child, pandia_err *err);
pandia_status use_setup(const pandia_config *config, const pandia_gate_set *set,
                        const pandia_backend *child, pandia_err *err) {
  const pandia_setting *p = pandia_setting_find(config, "p");
  pandia_layout needed = {sizeof(pandia_layout), 8, 64};
  if (!PANDIA_FITS(set, pandia_gate_set, gates) || !pandia_memory_fits(err, 64, &needed)) {
    return PANDIA_E_INTERFACE;
  }
  if (p == NULL || !pandia_text_is(pandia_gate_at(set, 0)->id, "pandia.rz/1")) {
    pandia_status status = pandia_fail(err, PANDIA_E_CONFIG, "test.part", PANDIA_NO_OP, "no p: ");
    pandia_err_number(err, config->setting_count);
    pandia_err_text(err, " settings");
    return status;
  }
  if (!PANDIA_HAS(child->vt, pandia_backend_vt, metric)) return PANDIA_E_UNSUPPORTED;
  return PANDIA_OK;
}

double use_random(uint64_t seed);
double use_random(uint64_t seed) {
  pandia_stream stream = pandia_stream_of(seed, 7, 3);
  uint64_t chance = pandia_chance_of(0.25);
  if (pandia_stream_happens(&stream, 0.25, chance)) return pandia_stream_unit(&stream);
  return (double)pandia_stream_below(&stream, 15);
}

static const pandia_plugin plugin = {
    sizeof(pandia_plugin), PANDIA_KIND_TAP,     0, 1, 1, 0, sizeof(pandia_param), 0,
    PANDIA_TEXT("test.part"), PANDIA_TEXT("1"), PANDIA_TEXT("A part."), NULL, NULL, NULL, NULL};
static const pandia_plugin *const plugins[] = {&plugin};
const pandia_module pandia_module_v1 = PANDIA_MODULE_OF(plugins);
