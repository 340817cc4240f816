/* The test of {{name}}. */
#include "support.h"

/* How many of 4000 shots give 1 where a gate that does nothing is done, with this p. */
static uint32_t ones_with(const pandia_plugin *plugin, double p) {
  const pandia_text key = PANDIA_TEXT("p"), none = {NULL, 0, 0};
  pandia_setting setting = {0, PANDIA_VALUE_REAL, 0, {NULL, 0, 0}, {NULL, 0, 0}};
  pandia_config config = config_of(&setting, 1);
  four_bits below = {0, 0};
  pandia_backend child = stack_of(&below), model;
  operations ops;
  uint32_t ones = 0, shot;
  setting.bits = pandia_bits_of(p);
  setting.key = key;
  setting.text = none;
  model = build(plugin, &config, &child);
  begin(&ops);
  gate1(&ops, PANDIA_GATE_I, 2);
  measure(&ops, 2, 0);
  for (shot = 0; shot < 4000u; shot++) {
    uint32_t bits = run_shot(&model, &ops, shot);
    CHECK(run_shot(&model, &ops, shot) == bits); /* the same shot, the same errors */
    ones += bits;
  }
  model.vt->destroy(model.me);
  return ones;
}

static void a_wrong_p_is_refused(const pandia_plugin *plugin) {
  const pandia_text key = PANDIA_TEXT("p");
  pandia_setting setting = {0, PANDIA_VALUE_REAL, 0, {NULL, 0, 0}, {NULL, 0, 0}};
  pandia_config config = config_of(&setting, 1);
  pandia_layout layout = {sizeof(pandia_layout), 0, 0};
  setting.key = key;
  setting.bits = pandia_bits_of(1.5);
  CHECK(plugin->layout(&config, &layout, NULL) == PANDIA_E_CONFIG);
}

static void an_error_from_below_keeps_its_place(const pandia_plugin *plugin) {
  pandia_config config = config_of(NULL, 0);
  pandia_err err = {sizeof(pandia_err), 0, 0, 0, 0, 0, 0, 0, NULL, NULL};
  pandia_results results = {sizeof(pandia_results), 0, 0, 0, NULL};
  four_bits below = {0, 0};
  pandia_backend child = stack_of(&below), model = build(plugin, &config, &child);
  operations ops;
  begin(&ops);
  gate1(&ops, PANDIA_GATE_I, 0);
  gate1(&ops, PANDIA_GATE_I, 9);
  CHECK(model.vt->shot_begin(model.me, 0, 1, NULL) == PANDIA_OK);
  CHECK(model.vt->apply(model.me, &ops.batch, &results, &err) == PANDIA_E_QUBIT_OUT_OF_RANGE);
  CHECK(err.op_index == 1u);
  CHECK(model.vt->shot_end(model.me, NULL) == PANDIA_OK);
}

int main(int argc, char **argv) {
  const pandia_plugin *plugin = load(argc, argv);
  uint32_t ones;
  CHECK(plugin->kind == PANDIA_KIND_ERROR_MODEL);
  CHECK(pandia_text_is(plugin->id, "{{id}}"));
  CHECK(ones_with(plugin, 0.0) == 0u);
  CHECK(ones_with(plugin, 1.0) == 4000u);
  ones = ones_with(plugin, 0.25);
  CHECK(ones > 863u && ones < 1137u); /* five sigma of 4000 draws: 137 */
  a_wrong_p_is_refused(plugin);
  an_error_from_below_keeps_its_place(plugin);
  printf("{{name}}: all tests passed\n");
  return 0;
}
