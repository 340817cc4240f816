/* The test of {{name}}. */
#include "support.h"

static uint64_t count(const pandia_backend *tap, uint32_t index, const char *name) {
  pandia_metric metric = {sizeof(pandia_metric), 0, 0, {NULL, 0, 0}, {NULL, 0, 0}};
  CHECK(tap->vt->metric(tap->me, index, &metric) == PANDIA_OK);
  CHECK(metric.kind == PANDIA_METRIC_COUNTER && pandia_text_is(metric.name, name));
  return metric.value;
}

int main(int argc, char **argv) {
  const pandia_plugin *plugin = load(argc, argv);
  pandia_config config = config_of(NULL, 0);
  pandia_metric end = {sizeof(pandia_metric), 1, 0, {NULL, 0, 0}, {NULL, 0, 0}};
  four_bits below = {0, 0};
  pandia_backend child = stack_of(&below), tap;
  operations ops;
  CHECK(plugin->kind == PANDIA_KIND_TAP);
  CHECK(pandia_text_is(plugin->id, "{{id}}"));
  tap = build(plugin, &config, &child);
  begin(&ops);
  gate1(&ops, PANDIA_GATE_X, 1);
  measure(&ops, 0, 0);
  measure(&ops, 1, 1);
  /* What is above sees what is below, and it is counted. */
  CHECK(run_shot(&tap, &ops, 0) == 2u);
  CHECK(run_shot(&tap, &ops, 1) == 2u);
  CHECK(count(&tap, 0, "operations") == 6u);
  CHECK(count(&tap, 1, "outcomes") == 4u);
  CHECK(count(&tap, 2, "ones") == 2u);
  CHECK(tap.vt->metric(tap.me, 3, &end) == PANDIA_OK && end.kind == PANDIA_METRIC_END);
  /* What the child cannot do is not offered. */
  CHECK(tap.vt->state == NULL && tap.vt->state_digest == NULL && tap.vt->cancel == NULL);
  tap.vt->destroy(tap.me);
  printf("{{name}}: all tests passed\n");
  return 0;
}
