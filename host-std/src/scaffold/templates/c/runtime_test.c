/* The test of {{name}}. */
#include "support.h"

int main(int argc, char **argv) {
  const pandia_plugin *plugin = load(argc, argv);
  pandia_config config = config_of(NULL, 0);
  four_bits below = {0, 0};
  pandia_backend stack = stack_of(&below);
  pandia_runtime runtime = {NULL, NULL};
  uint64_t bytes = 0, value = 9;
  operations ops;
  void *memory;
  CHECK(plugin->kind == PANDIA_KIND_RUNTIME);
  CHECK(pandia_text_is(plugin->id, "{{id}}"));
  memory = memory_for(plugin, &config, &bytes);
  CHECK(plugin->create_runtime(memory, bytes, &config, NULL, &runtime, NULL) == PANDIA_OK);
  CHECK(runtime.vt->shot_begin(runtime.me, 0, 1, NULL) == PANDIA_E_STATE); /* no stack yet */
  CHECK(runtime.vt->attach(runtime.me, &stack, &config, 0, NULL) == PANDIA_OK);
  CHECK(runtime.vt->shot_begin(runtime.me, 0, 1, NULL) == PANDIA_OK);
  begin(&ops);
  gate1(&ops, PANDIA_GATE_X, 1);
  measure(&ops, 0, 0);
  measure(&ops, 1, 1);
  CHECK(runtime.vt->submit(runtime.me, &ops.batch, NULL) == PANDIA_OK);
  CHECK(runtime.vt->result(runtime.me, 0, 1, &value, NULL) == PANDIA_OK && value == 0u);
  CHECK(runtime.vt->result(runtime.me, 1, 1, &value, NULL) == PANDIA_OK && value == 1u);
  CHECK(runtime.vt->result(runtime.me, 2, 1, &value, NULL) == PANDIA_E_ARGUMENT);
  /* More outcomes than there is room for, one after the other in time. */
  begin(&ops);
  measure(&ops, 1, 2);
  measure(&ops, 0, 2);
  measure(&ops, 0, 2);
  measure(&ops, 0, 2);
  measure(&ops, 1, 2);
  CHECK(runtime.vt->submit(runtime.me, &ops.batch, NULL) == PANDIA_OK);
  CHECK(runtime.vt->result(runtime.me, 2, 1, &value, NULL) == PANDIA_OK && value == 1u);
  CHECK(below.start_ns > 0u);
  begin(&ops);
  measure(&ops, 0, 4);
  CHECK(runtime.vt->submit(runtime.me, &ops.batch, NULL) == PANDIA_E_ARGUMENT); /* ids end at 3 */
  CHECK(runtime.vt->shot_end(runtime.me, NULL) == PANDIA_OK);
  CHECK(runtime.vt->detach(runtime.me, NULL) == PANDIA_OK);
  CHECK(runtime.vt->detach(runtime.me, NULL) == PANDIA_E_STATE);
  runtime.vt->destroy(runtime.me);
  printf("{{name}}: all tests passed\n");
  return 0;
}
