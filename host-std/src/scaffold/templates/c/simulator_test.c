/* The test of {{name}}. */
#include "support.h"

static void bell_pairs_agree_and_repeat(const pandia_backend *simulator) {
  operations ops;
  uint32_t ones = 0, shot;
  begin(&ops);
  gate1(&ops, PANDIA_GATE_H, 0);
  gate2(&ops, PANDIA_GATE_CX, 0, 1);
  measure(&ops, 0, 0);
  measure(&ops, 1, 1);
  for (shot = 0; shot < 400u; shot++) {
    uint32_t bits = run_shot(simulator, &ops, shot);
    CHECK(bits == 0u || bits == 3u);
    CHECK(run_shot(simulator, &ops, shot) == bits); /* the same shot, the same bits */
    ones += bits & 1u;
  }
  CHECK(ones > 150u && ones < 250u); /* five sigma of 400 coins: 50 */
}

static void gates_do_what_they_mean(const pandia_backend *simulator) {
  operations ops;
  begin(&ops);
  gate1(&ops, PANDIA_GATE_X, 2);
  gate1(&ops, PANDIA_GATE_H, 3);
  gate1(&ops, PANDIA_GATE_Z, 3);
  gate1(&ops, PANDIA_GATE_H, 3);
  measure(&ops, 0, 0);
  measure(&ops, 2, 1);
  measure(&ops, 3, 2);
  CHECK(run_shot(simulator, &ops, 0) == 6u);
}

static void a_refusal_names_its_operation_and_changes_nothing(const pandia_backend *simulator) {
  uint8_t text[200], layer[64];
  pandia_err err = {sizeof(pandia_err), 0, 0, sizeof text, 0, sizeof layer, 0, 0, NULL, NULL};
  pandia_results results = {sizeof(pandia_results), 0, 0, 0, NULL};
  pandia_outcome outcome = {0, 0, 0, 0, 0, 0};
  operations ops;
  err.text = text;
  err.layer = layer;
  begin(&ops);
  gate1(&ops, PANDIA_GATE_X, 0);
  gate1(&ops, PANDIA_GATE_X, 9);
  CHECK(simulator->vt->apply(simulator->me, &ops.batch, &results, &err) == PANDIA_E_STATE);
  CHECK(simulator->vt->shot_begin(simulator->me, 0, 1, NULL) == PANDIA_OK);
  CHECK(simulator->vt->apply(simulator->me, &ops.batch, &results, &err) ==
        PANDIA_E_QUBIT_OUT_OF_RANGE);
  CHECK(err.op_index == 1u && err.text_len > 0u && err.layer_len > 0u);
  begin(&ops);
  measure(&ops, 0, 0);
  results.cap = 1;
  results.items = &outcome;
  CHECK(simulator->vt->apply(simulator->me, &ops.batch, &results, &err) == PANDIA_OK);
  CHECK(results.len == 1u && outcome.value == 0u);
  CHECK(simulator->vt->shot_end(simulator->me, NULL) == PANDIA_OK);
}

int main(int argc, char **argv) {
  const pandia_plugin *plugin = load(argc, argv);
  pandia_config config = config_of(NULL, 0);
  pandia_backend simulator;
  CHECK(plugin->kind == PANDIA_KIND_SIMULATOR);
  CHECK(pandia_text_is(plugin->id, "{{id}}"));
  simulator = build(plugin, &config, NULL);
  bell_pairs_agree_and_repeat(&simulator);
  gates_do_what_they_mean(&simulator);
  a_refusal_names_its_operation_and_changes_nothing(&simulator);
  simulator.vt->destroy(simulator.me);
  printf("{{name}}: all tests passed\n");
  return 0;
}
