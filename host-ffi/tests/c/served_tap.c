/*
 * The tap of the examples, and beside it all services of the host: it notes the time, says in the
 * log what it was offered, and holds a block of the host's memory as long as it lives.
 *
 * -DKEEP: forgets to give the block back. -DTWICE: gives it back twice.
 */
#define pandia_module_v1 the_tap_of_the_examples
#include "../../examples/c/tap.c"
#undef pandia_module_v1

#define SERVED_ID "test.c.served"
#define BLOCK_BYTES 100u
#define BLOCK_ALIGN 64u

typedef struct {
  tap inner; /* first: its functions take the address of the whole */
  const pandia_host *host;
  void *block;
} served;

static void say(const pandia_host *host, uint32_t level, const char *line) {
  uint32_t len = 0;
  while (line[len] != '\0') len++;
  if (host != NULL && PANDIA_HAS(host, pandia_host, log)) {
    host->log(host->me, level, (const uint8_t *)line, len);
  }
}

static pandia_status served_id(void *me, pandia_text *out) {
  const pandia_text text = PANDIA_TEXT(SERVED_ID);
  (void)me;
  *out = text;
  return PANDIA_OK;
}

static pandia_status served_layout(const pandia_config *config, pandia_layout *out,
                                   pandia_err *err) {
  pandia_status status = layout(config, out, err);
  out->bytes = sizeof(served);
  return status;
}

static void served_destroy(void *self) {
  served *me = self;
  if (me->block != NULL) {
#if !defined(KEEP)
    me->host->free(me->host->me, me->block);
#endif
#if defined(TWICE)
    me->host->free(me->host->me, me->block);
#endif
  }
  say(me->host, 4, "ends");
}

static pandia_status served_create(void *memory, uint64_t memory_bytes,
                                   const pandia_config *config, const pandia_host *host,
                                   const pandia_backend *children, uint32_t child_count,
                                   pandia_backend *out, pandia_err *err) {
  served *me = memory;
  uint64_t now = 0;
  uint32_t i;
  pandia_status status;
  if (memory_bytes < sizeof *me) return PANDIA_E_ARGUMENT;
  status = create(memory, memory_bytes, config, host, children, child_count, out, err);
  if (status != PANDIA_OK) return status;
  me->inner.vt.id = served_id;
  me->inner.vt.destroy = served_destroy;
  me->host = host;
  me->block = NULL;
  if (host == NULL) return PANDIA_OK;
  if (PANDIA_HAS(host, pandia_host, now_ns) && host->now_ns(host->me, &now) == PANDIA_OK) {
    say(host, 3, "a clock");
  }
  if (PANDIA_HAS(host, pandia_host, alloc) && PANDIA_HAS(host, pandia_host, free)) {
    status = host->alloc(host->me, BLOCK_BYTES, BLOCK_ALIGN, &me->block);
    if (status != PANDIA_OK) {
      return pandia_fail(err, status, SERVED_ID, PANDIA_NO_OP, "the host has no memory");
    }
    for (i = 0; i < BLOCK_BYTES; i++) ((uint8_t *)me->block)[i] = (uint8_t)i;
    say(host, 2, (uintptr_t)me->block % BLOCK_ALIGN == 0u ? "memory" : "misaligned memory");
  }
  return PANDIA_OK;
}

static const pandia_plugin SERVED = {
    sizeof(pandia_plugin), PANDIA_KIND_TAP, 0, 1, 1, 0, sizeof(pandia_param), 0,
    PANDIA_TEXT(SERVED_ID), PANDIA_TEXT("1.0.0"), PANDIA_TEXT("Uses every service of the host."),
    NULL, served_layout, served_create, NULL,
};
static const pandia_plugin *const SERVED_PLUGINS[] = {&SERVED};
const pandia_module pandia_module_v1 = PANDIA_MODULE_OF(SERVED_PLUGINS);
