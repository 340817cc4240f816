/*
 * What the test stands on: loading the plugin, operations, and a stack of four bits below it.
 */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <dlfcn.h>
#include <pandia/pandia.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(is)                                                          \
  do {                                                                     \
    if (!(is)) {                                                           \
      printf("FAILED: %s:%d: not so: %s\n", __FILE__, __LINE__, #is);      \
      exit(1);                                                             \
    }                                                                      \
  } while (0)

/* The one plugin of the library. */
static inline const pandia_plugin *load(int argc, char **argv) {
  const pandia_module *module;
  void *library;
  if (argc != 2) {
    printf("give the library: %s ./plugin.so\n", argv[0]);
    exit(2);
  }
  library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    printf("FAILED: %s\n", dlerror());
    exit(1);
  }
  module = dlsym(library, PANDIA_MODULE_SYMBOL);
  CHECK(module != NULL);
  CHECK(module->magic == PANDIA_MAGIC && module->major == PANDIA_MAJOR);
  CHECK(module->plugin_count == 1u);
  return module->plugins[0];
}

static inline pandia_config config_of(const pandia_setting *settings, uint32_t count) {
  pandia_config config = {sizeof(pandia_config), 4, 7, 4, 0, sizeof(pandia_setting), 0, NULL};
  config.setting_count = count;
  config.settings = settings;
  return config;
}

/* Memory of the layout that the plugin asks for. The test ends before it is given back. */
static inline void *memory_for(const pandia_plugin *plugin, const pandia_config *config,
                               uint64_t *bytes) {
  pandia_layout layout = {sizeof(pandia_layout), 0, 0};
  void *memory;
  CHECK(plugin->layout(config, &layout, NULL) == PANDIA_OK);
  CHECK(layout.align <= 16u);
  memory = malloc((size_t)layout.bytes);
  CHECK(memory != NULL);
  *bytes = layout.bytes;
  return memory;
}

/* A simulator, or with a child a layer over it. */
static inline pandia_backend build(const pandia_plugin *plugin, const pandia_config *config,
                                   const pandia_backend *child) {
  pandia_backend built = {NULL, NULL};
  uint64_t bytes = 0;
  void *memory = memory_for(plugin, config, &bytes);
  CHECK(plugin->create(memory, bytes, config, NULL, child, child == NULL ? 0u : 1u, &built,
                       NULL) == PANDIA_OK);
  CHECK(built.vt != NULL);
  return built;
}

/* ---- Operations ------------------------------------------------------------------------------ */

typedef struct {
  uint64_t words[256];
  pandia_batch batch;
} operations;

static inline void begin(operations *ops) {
  static const pandia_batch EMPTY = {sizeof(pandia_batch), 0, 0, 0, 0, 0, 0, 0, NULL};
  ops->batch = EMPTY;
  ops->batch.words = ops->words;
}

static inline void add(operations *ops, uint8_t kind, uint16_t gate, const uint32_t *qubits,
                       uint32_t qubit_count, const uint64_t *params, uint32_t param_count) {
  uint32_t at = ops->batch.word_count;
  uint32_t length = pandia_op_write(ops->words + at, 256u - at, kind, 0, gate, qubits, qubit_count,
                                    params, param_count);
  CHECK(length > 0u);
  ops->batch.word_count += length;
  ops->batch.op_count++;
  ops->batch.result_count += pandia_op_bears_result(kind) ? 1u : 0u;
}

static inline void gate1(operations *ops, uint16_t gate, uint32_t qubit) {
  add(ops, PANDIA_OP_GATE, gate, &qubit, 1, NULL, 0);
}

static inline void gate2(operations *ops, uint16_t gate, uint32_t first, uint32_t second) {
  uint32_t qubits[2];
  qubits[0] = first;
  qubits[1] = second;
  add(ops, PANDIA_OP_GATE, gate, qubits, 2, NULL, 0);
}

static inline void measure(operations *ops, uint32_t qubit, uint64_t id) {
  add(ops, PANDIA_OP_MEASURE, 0, &qubit, 1, &id, 1);
}

/* Runs the operations as one shot and gives the values of at most eight outcomes as bits. */
static inline uint32_t run_shot(const pandia_backend *part, const operations *ops, uint64_t shot) {
  pandia_outcome room[8];
  pandia_results results = {sizeof(pandia_results), 8, 0, 0, NULL};
  uint32_t i, bits = 0;
  static const pandia_outcome EMPTY = {0, 0, 0, 0, 0, 0};
  for (i = 0; i < 8u; i++) room[i] = EMPTY;
  results.items = room;
  CHECK(part->vt->shot_begin(part->me, shot, 1, NULL) == PANDIA_OK);
  CHECK(part->vt->apply(part->me, &ops->batch, &results, NULL) == PANDIA_OK);
  CHECK(part->vt->shot_end(part->me, NULL) == PANDIA_OK);
  CHECK(results.len == ops->batch.result_count);
  for (i = 0; i < results.len; i++) {
    CHECK(room[i].value <= 1u);
    bits |= (uint32_t)room[i].value << i;
  }
  return bits;
}

/* ---- A stack to stand on: four bits, which the gate x flips and all others leave -------------- */

typedef struct {
  uint32_t bits;
  uint64_t start_ns; /* of the last batch */
} four_bits;

static inline pandia_status bits_id(void *me, pandia_text *out) {
  const pandia_text text = PANDIA_TEXT("test.four_bits");
  (void)me;
  *out = text;
  return PANDIA_OK;
}

static inline pandia_status bits_query(void *me, pandia_info *out, pandia_err *err) {
  (void)me;
  (void)err;
  out->qubit_count = 4;
  out->op_kinds = PANDIA_OP_BIT(PANDIA_OP_GATE) | PANDIA_OP_BIT(PANDIA_OP_MEASURE);
  out->caps = 0;
  out->threading = PANDIA_THREAD_SENDABLE;
  return PANDIA_OK;
}

static inline pandia_status bits_negotiate(void *me, const pandia_gate_set *gates,
                                           uint8_t *verdicts, uint32_t verdict_count,
                                           pandia_err *err) {
  uint32_t i;
  (void)me;
  (void)gates;
  (void)err;
  for (i = 0; i < verdict_count; i++) verdicts[i] = PANDIA_VERDICT_NATIVE;
  return PANDIA_OK;
}

static inline pandia_status bits_shot_begin(void *me, uint64_t shot, uint64_t seed,
                                            pandia_err *err) {
  (void)shot;
  (void)seed;
  (void)err;
  ((four_bits *)me)->bits = 0;
  return PANDIA_OK;
}

static inline pandia_status bits_apply(void *self, const pandia_batch *batch,
                                       pandia_results *results, pandia_err *err) {
  four_bits *me = self;
  const uint64_t *op = batch->words;
  uint32_t i;
  me->start_ns = batch->start_ns;
  for (i = 0; i < batch->op_count; i++, op = pandia_op_next(op)) {
    uint32_t qubit = pandia_op_qubit(op, 0);
    if (qubit >= 4u) {
      return pandia_fail(err, PANDIA_E_QUBIT_OUT_OF_RANGE, "test.four_bits", i, "no such qubit");
    }
    if (pandia_op_kind(op) == PANDIA_OP_GATE && pandia_op_gate(op) == PANDIA_GATE_X) {
      me->bits ^= 1u << qubit;
    } else if (pandia_op_kind(op) == PANDIA_OP_MEASURE) {
      pandia_status status = pandia_results_push(results, op, i, me->bits >> qubit & 1u);
      if (status != PANDIA_OK) return status;
    }
  }
  return PANDIA_OK;
}

static inline pandia_status bits_shot_end(void *me, pandia_err *err) {
  (void)me;
  (void)err;
  return PANDIA_OK;
}

static inline void bits_destroy(void *me) { (void)me; }

static inline pandia_backend stack_of(four_bits *bits) {
  static const pandia_backend_vt VT = {
      sizeof(pandia_backend_vt), 0, bits_id, bits_query, bits_negotiate, bits_shot_begin,
      bits_apply, bits_shot_end, bits_destroy, NULL, NULL, NULL, NULL, NULL,
  };
  pandia_backend pair;
  pair.vt = &VT;
  pair.me = bits;
  return pair;
}

#endif
