/*
 * A host in C at whichever minor its header is: `host LIBRARY`.
 *
 * Follows the header alone: magic, sizes, major, floor, then each function by PANDIA_HAS and by what
 * this minor requires. Runs some shots and says what it saw: `runs ...` or `refused ...`.
 * DRILL_SHIM: fills in a missing `flush`.
 */
#include <dlfcn.h>
#include <pandia/pandia.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOTS 8u

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

/* Everything in the module that is not a function, then the one plugin that is a simulator. */
static const pandia_plugin *check(const pandia_module *module, char *id, size_t id_cap) {
  uint32_t i;
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
    const pandia_plugin *plugin = module->plugins[i];
    if (!PANDIA_COVERS(plugin, pandia_plugin, params)) broke("a plugin that is too small");
    if (plugin->kind != PANDIA_KIND_SIMULATOR) continue;
    if (plugin->id.len >= id_cap) broke("an id that is too long");
    memcpy(id, plugin->id.at, plugin->id.len);
    id[plugin->id.len] = '\0';
    if (!PANDIA_HAS(plugin, pandia_plugin, layout)) {
      refuse(id, "plugin", "layout", 0, module->minor);
    }
    if (!PANDIA_HAS(plugin, pandia_plugin, create)) {
      refuse(id, "plugin", "create", 0, module->minor);
    }
    return plugin;
  }
  broke("no simulator");
  return NULL;
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
      printf(" snapshot=%llu\n", (unsigned long long)token);
      return;
    }
  }
#endif
  printf(" snapshot=none\n");
}

int main(int argc, char **argv) {
  pandia_config config = {sizeof config, 2, 1, 0, 0, sizeof(pandia_setting), 0, NULL};
  pandia_host host = {sizeof host, PANDIA_MINOR, NULL, NULL, NULL, NULL, NULL};
  pandia_layout needed = {sizeof needed, 0, 0};
  pandia_backend pair = {NULL, NULL};
  const pandia_module *module;
  const pandia_plugin *plugin;
  void *handle, *memory;
  char id[64];
  backend b;
  if (argc != 2) return 2;
  library = argv[1];
  handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) broke(dlerror());
  module = dlsym(handle, PANDIA_MODULE_SYMBOL);
  if (module == NULL) broke("no symbol");
  plugin = check(module, id, sizeof id);
  if (plugin->layout(&config, &needed, NULL) != PANDIA_OK) broke("layout");
  memory = malloc(needed.bytes + needed.align);
  if (memory == NULL) return 2;
  memory = (uint8_t *)memory + (needed.align - (uintptr_t)memory % needed.align);
  if (plugin->create(memory, needed.bytes, &config, &host, NULL, 0, &pair, NULL) != PANDIA_OK) {
    broke("create");
  }
  b = negotiated(id, module->minor, pair);
  printf("runs bits=");
  run(&b);
  tell(&b);
  b.vt->destroy(b.me);
  return 0;
}
