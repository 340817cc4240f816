/*
 * A host in C at whichever minor its header is: `host LIBRARY [LIBRARY_WITH_A_LAYER [WITH_A_RUNTIME]]`.
 *
 * Follows the header alone: magic, sizes, major, floor, then each function by PANDIA_HAS and by what
 * this minor requires. Runs some shots on the library's simulator, then on the layer over it, then
 * through the runtime, and says what it saw: `runs ...` or `refused ...`.
 * DRILL_SHIM: fills in a missing `flush`.
 */
#include <dlfcn.h>
#include <pandia/pandia.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOTS 8u
#define ID_CAP 64u

static const pandia_host HOST = {sizeof HOST, PANDIA_MINOR, NULL, NULL, NULL, NULL, NULL};

/* The host's own table of the functions that it calls: the plugin's, or what stands in. */
typedef struct {
  void *me;
  const pandia_backend_vt *vt;
  pandia_status (*shot_end)(void *me, pandia_err *err);
  pandia_status (*flush)(void *me, pandia_err *err);
} backend;

static const char *library;

static void refuse(const char *id, const char *what, const char *function, unsigned since,
                   unsigned minor) {
  printf("refused %s: %s: the %s lacks %s, required since 1.%u; the plugin was built for 1.%u, this "
         "host for 1.%u; rebuild the plugin\n",
         library, id, what, function, since, minor, (unsigned)PANDIA_MINOR);
  exit(0);
}

static void broke(const char *what) {
  printf("broke %s: %s\n", library, what);
  exit(1);
}

static pandia_status nothing_to_do(void *me, pandia_err *err) {
  (void)me;
  (void)err;
  return PANDIA_OK;
}

/* The module of the library, with everything in it that is not a function. */
static const pandia_module *open_module(const char *path) {
  const pandia_module *module;
  void *handle;
  uint32_t i;
  library = path;
  handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) broke(dlerror());
  module = dlsym(handle, PANDIA_MODULE_SYMBOL);
  if (module == NULL) broke("no symbol");
  if (module->magic != PANDIA_MAGIC) broke("no module");
  if (module->size < offsetof(pandia_module, plugins) + sizeof(module->plugins)) broke("too small");
  if (module->major != PANDIA_MAJOR) broke("another major");
  if (module->min_host_minor > PANDIA_MINOR) {
    printf("refused %s: the module needs a host of interface 1.%u or later, this one speaks 1.%u; "
           "use a newer host\n",
           library, (unsigned)module->min_host_minor, (unsigned)PANDIA_MINOR);
    exit(0);
  }
  for (i = 0; i < module->plugin_count; i++) {
    if (!PANDIA_COVERS(module->plugins[i], pandia_plugin, params)) broke("a plugin that is too small");
  }
  return module;
}

/* The first plugin of this kind, or NULL, and its id. */
static const pandia_plugin *of_kind(const pandia_module *module, uint32_t kind, char *id) {
  uint32_t i;
  for (i = 0; i < module->plugin_count; i++) {
    const pandia_plugin *plugin = module->plugins[i];
    if (plugin->kind != kind) continue;
    if (plugin->id.len >= ID_CAP) broke("an id that is too long");
    memcpy(id, plugin->id.at, plugin->id.len);
    id[plugin->id.len] = '\0';
    if (!PANDIA_HAS(plugin, pandia_plugin, layout)) {
      refuse(id, "plugin", "layout", 0, module->minor);
    }
    return plugin;
  }
  return NULL;
}

/* Memory of the size that `layout` says; it stays. */
static void *memory_for(const pandia_plugin *plugin, const pandia_config *config, uint64_t *bytes) {
  pandia_layout needed = {sizeof needed, 0, 0};
  uint8_t *memory;
  if (plugin->layout(config, &needed, NULL) != PANDIA_OK) broke("layout");
  memory = malloc(needed.bytes + needed.align);
  if (memory == NULL) broke("no memory");
  *bytes = needed.bytes;
  return memory + (needed.align - (uintptr_t)memory % needed.align);
}

#define REQUIRE(f, since)                                                                        \
  if (!PANDIA_HAS(vt, pandia_backend_vt, f)) refuse(id, "backend table", #f, since, minor)

/* Each function by what this minor requires. */
static backend negotiated(const char *id, unsigned minor, pandia_backend pair) {
  const pandia_backend_vt *vt = pair.vt;
  backend out;
  out.me = pair.me;
  out.vt = vt;
  REQUIRE(id, 0);
  REQUIRE(query, 0);
  REQUIRE(negotiate, 0);
  REQUIRE(shot_begin, 0);
  REQUIRE(apply, 0);
  REQUIRE(destroy, 0);
#if PANDIA_MINOR < 3
  REQUIRE(shot_end, 0);
#endif
  /* Retired in minor 3, and still called where it is there: an older plugin counts on it. */
  out.shot_end = PANDIA_HAS(vt, pandia_backend_vt, shot_end) ? vt->shot_end : nothing_to_do;
  out.flush = nothing_to_do;
#if PANDIA_MINOR >= 2
#ifndef DRILL_SHIM
  REQUIRE(flush, 2);
#endif
  if (PANDIA_HAS(vt, pandia_backend_vt, flush)) out.flush = vt->flush;
#endif
  return out;
}

static uint32_t program(uint64_t *words, uint32_t cap) {
  static const struct {
    uint8_t kind;
    uint16_t gate;
    uint32_t qubits[2], qubit_count;
    uint64_t result;
  } OPS[] = {
      {PANDIA_OP_GATE, PANDIA_GATE_H, {0, 0}, 1, 0}, {PANDIA_OP_GATE, PANDIA_GATE_CX, {0, 1}, 2, 0},
      {PANDIA_OP_MEASURE, 0, {0, 0}, 1, 0},          {PANDIA_OP_MEASURE, 0, {1, 0}, 1, 1},
      {PANDIA_OP_GATE, PANDIA_GATE_H, {0, 0}, 1, 0}, {PANDIA_OP_MEASURE, 0, {0, 0}, 1, 2},
  };
  uint32_t len = 0, i;
  for (i = 0; i < sizeof OPS / sizeof OPS[0]; i++) {
    len += pandia_op_write(words + len, cap - len, OPS[i].kind, 0, OPS[i].gate, OPS[i].qubits,
                           OPS[i].qubit_count, &OPS[i].result, OPS[i].kind == PANDIA_OP_MEASURE);
  }
  return len;
}

static void run(const backend *b) {
  uint64_t words[64], shot;
  pandia_outcome items[3];
  pandia_batch batch = {sizeof batch, 6, 3, 0, 0, 0, 0, 0, words};
  batch.word_count = program(words, 64);
  memset(items, 0, sizeof items);
  printf("bits=");
  for (shot = 0; shot < SHOTS; shot++) {
    pandia_results results = {sizeof results, 3, 0, 0, items};
    uint32_t i;
    if (b->vt->shot_begin(b->me, shot, 7, NULL) != PANDIA_OK) broke("shot_begin");
    if (b->vt->apply(b->me, &batch, &results, NULL) != PANDIA_OK) broke("apply");
    if (results.len != 3) broke("another number of outcomes");
    for (i = 0; i < 3; i++) putchar(items[i].value == 0 ? '0' : '1');
    if (b->flush(b->me, NULL) != PANDIA_OK) broke("flush");
    if (b->shot_end(b->me, NULL) != PANDIA_OK) broke("shot_end");
  }
}

/* The optional functions of this minor, each with its default. */
static void tell(const backend *b) {
#if PANDIA_MINOR < 3
  pandia_metric metric;
  memset(&metric, 0, sizeof metric);
  metric.size = sizeof metric;
  if (PANDIA_HAS(b->vt, pandia_backend_vt, metric) &&
      b->vt->metric(b->me, 0, &metric) == PANDIA_OK && metric.kind != PANDIA_METRIC_END) {
    printf(" metric=%.*s", (int)metric.name.len, (const char *)metric.name.at);
  } else {
    printf(" metric=none");
  }
#else
  printf(" metric=none");
#endif
#if PANDIA_MINOR >= 1
  {
    uint64_t token = 0;
    if (PANDIA_HAS(b->vt, pandia_backend_vt, snapshot) &&
        b->vt->snapshot(b->me, &token, NULL) == PANDIA_OK) {
      printf(" snapshot=%llu", (unsigned long long)token);
      return;
    }
  }
#endif
  printf(" snapshot=none");
}

/* A backend of this plugin, over a child where it takes one. */
static backend build(const pandia_module *module, const pandia_plugin *plugin, const char *id,
                     uint64_t stream, const pandia_backend *child) {
  pandia_config config = {sizeof config, 2, 0, 0, 0, sizeof(pandia_setting), 0, NULL};
  pandia_backend pair = {NULL, NULL};
  uint64_t bytes;
  void *memory;
  config.stream = stream;
  if (!PANDIA_HAS(plugin, pandia_plugin, create)) refuse(id, "plugin", "create", 0, module->minor);
  memory = memory_for(plugin, &config, &bytes);
  if (plugin->create(memory, bytes, &config, &HOST, child, child != NULL, &pair, NULL) != PANDIA_OK) {
    broke("create");
  }
  return negotiated(id, module->minor, pair);
}

/* ---- The table that this host shows of a backend: what is retired stays in it. ----------------- */

static pandia_status own_id(void *me, pandia_text *out) {
  const backend *b = me;
  return b->vt->id(b->me, out);
}

static pandia_status own_query(void *me, pandia_info *out, pandia_err *err) {
  const backend *b = me;
  return b->vt->query(b->me, out, err);
}

static pandia_status own_negotiate(void *me, const pandia_gate_set *gates, uint8_t *verdicts,
                                   uint32_t verdict_count, pandia_err *err) {
  const backend *b = me;
  return b->vt->negotiate(b->me, gates, verdicts, verdict_count, err);
}

static pandia_status own_shot_begin(void *me, uint64_t shot, uint64_t seed, pandia_err *err) {
  const backend *b = me;
  return b->vt->shot_begin(b->me, shot, seed, err);
}

static pandia_status own_apply(void *me, const pandia_batch *batch, pandia_results *results,
                               pandia_err *err) {
  const backend *b = me;
  return b->vt->apply(b->me, batch, results, err);
}

static pandia_status own_shot_end(void *me, pandia_err *err) {
  const backend *b = me;
  return b->shot_end(b->me, err);
}

static void own_destroy(void *me) { (void)me; /* this host's own */ }

static pandia_status own_metric(void *me, uint32_t index, pandia_metric *out) {
  const backend *b = me;
  if (PANDIA_HAS(b->vt, pandia_backend_vt, metric)) return b->vt->metric(b->me, index, out);
  out->kind = PANDIA_METRIC_END;
  return PANDIA_OK;
}

#if PANDIA_MINOR >= 1
static pandia_status own_snapshot(void *me, uint64_t *token, pandia_err *err) {
  const backend *b = me;
  if (!PANDIA_HAS(b->vt, pandia_backend_vt, snapshot)) return PANDIA_E_UNSUPPORTED;
  return b->vt->snapshot(b->me, token, err);
}
#endif

#if PANDIA_MINOR >= 2
static pandia_status own_flush(void *me, pandia_err *err) {
  const backend *b = me;
  return b->flush(b->me, err);
}
#endif

static const pandia_backend_vt OWN_VT = {
    .size = sizeof(pandia_backend_vt),
    .id = own_id,
    .query = own_query,
    .negotiate = own_negotiate,
    .shot_begin = own_shot_begin,
    .apply = own_apply,
    .shot_end = own_shot_end,
    .destroy = own_destroy,
    .metric = own_metric,
#if PANDIA_MINOR >= 1
    .snapshot = own_snapshot,
#endif
#if PANDIA_MINOR >= 2
    .flush = own_flush,
#endif
};

/* ---- A runtime, whose table no minor has changed ------------------------------------------------ */

#define REQUIRE_RUNTIME(f) \
  if (!PANDIA_HAS(runtime.vt, pandia_runtime_vt, f)) refuse(id, "runtime table", #f, 0, module->minor)

static void drive(const pandia_module *module, const pandia_backend *stack) {
  pandia_config config = {sizeof config, 2, 3, 3, 0, sizeof(pandia_setting), 0, NULL};
  pandia_runtime runtime = {NULL, NULL};
  char id[ID_CAP];
  const pandia_plugin *plugin = of_kind(module, PANDIA_KIND_RUNTIME, id);
  uint64_t words[64], shot, bytes, value, k;
  pandia_batch batch = {sizeof batch, 6, 3, 0, 0, 0, 0, 0, NULL};
  void *memory;
  if (plugin == NULL) broke("no runtime");
  if (!PANDIA_HAS(plugin, pandia_plugin, create_runtime)) {
    refuse(id, "plugin", "create_runtime", 0, module->minor);
  }
  memory = memory_for(plugin, &config, &bytes);
  if (plugin->create_runtime(memory, bytes, &config, &HOST, &runtime, NULL) != PANDIA_OK) {
    broke("create_runtime");
  }
  REQUIRE_RUNTIME(attach);
  REQUIRE_RUNTIME(detach);
  REQUIRE_RUNTIME(shot_begin);
  REQUIRE_RUNTIME(submit);
  REQUIRE_RUNTIME(result);
  REQUIRE_RUNTIME(shot_end);
  REQUIRE_RUNTIME(destroy);
  if (runtime.vt->attach(runtime.me, stack, &config, 0, NULL) != PANDIA_OK) broke("attach");
  batch.words = words;
  batch.word_count = program(words, 64);
  printf(" driven by %s: bits=", id);
  for (shot = 0; shot < SHOTS; shot++) {
    if (runtime.vt->shot_begin(runtime.me, shot, 7, NULL) != PANDIA_OK) broke("shot_begin");
    if (runtime.vt->submit(runtime.me, &batch, NULL) != PANDIA_OK) broke("submit");
    for (k = 0; k < 3; k++) {
      if (runtime.vt->result(runtime.me, k, 1, &value, NULL) != PANDIA_OK) broke("result");
      putchar(value == 0 ? '0' : '1');
    }
    if (runtime.vt->shot_end(runtime.me, NULL) != PANDIA_OK) broke("shot_end");
  }
  if (runtime.vt->detach(runtime.me, NULL) != PANDIA_OK) broke("detach");
  runtime.vt->destroy(runtime.me);
}

int main(int argc, char **argv) {
  const pandia_module *first, *last;
  const pandia_plugin *plugin;
  char id[ID_CAP];
  backend simulator, layer;
  pandia_backend stack = {&OWN_VT, NULL};
  if (argc < 2 || argc > 4) return 2;
  first = open_module(argv[1]);
  plugin = of_kind(first, PANDIA_KIND_SIMULATOR, id);
  if (plugin == NULL) broke("no simulator");
  simulator = build(first, plugin, id, 1, NULL);
  stack.me = &simulator;
  last = argc > 2 ? open_module(argv[2]) : first;
  plugin = of_kind(last, PANDIA_KIND_ERROR_MODEL, id);
  if (plugin == NULL) plugin = of_kind(last, PANDIA_KIND_TAP, id);
  if (plugin != NULL) layer = build(last, plugin, id, 2, &stack);
  printf("runs ");
  run(&simulator);
  tell(&simulator);
  if (plugin != NULL) {
    printf(" below %s: ", id);
    run(&layer);
    tell(&layer);
    stack.me = &layer;
  }
  if (argc > 3) drive(open_module(argv[3]), &stack);
  putchar('\n');
  if (plugin != NULL) layer.vt->destroy(layer.me);
  simulator.vt->destroy(simulator.me);
  return 0;
}
