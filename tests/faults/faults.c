/*
 * A simulator that breaks down on demand, for tests of how runs contain that.
 *
 * Every measurement is a coin. In the shots that `at` and `every` choose, and there only, it does
 * what `how` says. With CRASH_AT_LOAD defined it breaks down as soon as it is loaded. ID: its id, if
 * it shall have another.
 */
#define _POSIX_C_SOURCE 200809L
#include <pandia/pandia.h>
#include <pandia/random.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifndef ID
#define ID "test.faults"
#endif

typedef struct {
  uint32_t qubit_count;
  uint32_t how; /* index into HOW */
  uint64_t at, every;
  uint64_t stream_id;
  uint64_t shot;
  pandia_stream stream;
  uint64_t draws;
  double level;
  const pandia_host *host;
  int cancelled; /* set by any thread */
} faults;

enum {
  SOUND, SEGV, ABORT, FPE, KILL, EXIT_0, EXIT_3, HANG, OVERFLOW_STACK, STDOUT, STDIN, STDERR, VALUE_7,
  MANY, WRONG_ID, NO_OUTCOME, STATUS_3, FORK, CLOSE, NONSENSE, WRONG_KIND, REFUSE, LOSE, LOSE_ALL, BEGIN, SHOT_END,
  LAYOUT, CREATE, NEGOTIATE, DESTROY, CREATE_HANG, MEMORY, MEMORY_TOLD, WAIT, LOG,
  METRIC, METRIC_HANG, SHOUT, SLOW, COUNTS, HOW_COUNT
};
#define W(text) PANDIA_TEXT(text)
static const pandia_text HOW[HOW_COUNT] = {
    W("sound"), W("segv"), W("abort"), W("fpe"), W("kill"), W("exit_0"), W("exit_3"), W("hang"),
    W("overflow"), W("stdout"), W("stdin"), W("stderr"), W("value_7"), W("many"), W("wrong_id"),
    W("no_outcome"), W("status_3"), W("fork"), W("close"), W("nonsense"), W("wrong_kind"), W("refuse"),
    W("lose"), W("lose_all"), W("begin"), W("shot_end"), W("layout"), W("create"), W("negotiate"), W("destroy"),
    W("create_hang"), W("memory"), W("memory_told"), W("wait"), W("log"),
    W("metric"), W("metric_hang"), W("shout"), W("slow"), W("counts"),
};

static void segv(void) {
  volatile int *volatile nowhere = NULL;
  *nowhere = 1;
}

static uint64_t overflow_stack(volatile uint64_t *up) {
  volatile uint64_t here[512];
  here[0] = up == NULL ? 1u : *up + 1u;
  return here[0] == 0u ? 0u : overflow_stack(here) + here[0];
}

static void hang(void) {
  for (;;) sleep(1);
}

/* Allocates until it is refused, and gives it all back unless it is kept for ever. Untouched, so that
   the limit is the process's and not the machine's. */
static void use_up_memory(int keep) {
  struct piece {
    struct piece *next;
  } *piece;
  static struct piece *volatile first; /* so that the compiler takes nothing away */
  while ((piece = malloc(16u << 20)) != NULL) {
    piece->next = first;
    first = piece;
  }
  while (!keep && first != NULL) {
    piece = first->next;
    free(first);
    first = piece;
  }
}

static void nap(void) {
  const struct timespec length = {0, 1000000};
  nanosleep(&length, NULL);
}

static void write_all(int fd, const char *text, size_t len) {
  while (len > 0u) {
    ssize_t done = write(fd, text, len);
    if (done <= 0) return;
    text += done;
    len -= (size_t)done;
  }
}

/* Whether this shot is one of those. */
static int is_due(const faults *me) {
  return me->every == 0u ? me->shot == me->at : me->shot % me->every == me->at % me->every;
}

/* A line at each level, and one at a level that there is not. */
static void log_levels(const pandia_host *host) {
  static const char *const LINES[] = {"nothing", "an error", "a warning", "a note", "a detail",
                                      "more detail"};
  uint32_t level;
  if (host == NULL || !PANDIA_HAS(host, pandia_host, log)) abort();
  for (level = 1; level <= 5u; level++) {
    const char *line = LINES[level];
    host->log(host->me, level, (const uint8_t *)line, (uint32_t)strlen(line));
  }
}

/* What happens in the middle of a shot. */
static void break_down(const faults *me) {
  static char piece[4096];
  int fd, i;
  memset(piece, 'x', sizeof piece);
  switch (me->how) {
    case SEGV: segv(); break;
    case ABORT: abort();
    case FPE: raise(SIGFPE); break;
    case KILL: raise(SIGKILL); break;
    case EXIT_0: exit(0);
    case EXIT_3: exit(3);
    case HANG: hang(); break;
    case OVERFLOW_STACK: fprintf(stderr, "%d", (int)overflow_stack(NULL)); break;
    case STDOUT: write_all(1, "\x01\0\0\0\x14garbage\n", 13); break;
    case STDIN: if (read(0, piece, sizeof piece) != 0) abort(); break;
    case STDERR: for (i = 0; i < 1024; i++) write_all(2, piece, sizeof piece); break;
    case FORK: /* the child keeps the connection open, longer than this process */
      if (fork() == 0) {
        close(1);
        close(2);
        sleep(2);
        _exit(0);
      }
      segv();
      break;
    case CLOSE: for (fd = 3; fd < 64; fd++) close(fd); break;
    case NONSENSE:
      for (fd = 3; fd < 64; fd++) write_all(fd, "hello, this is no frame", 23);
      hang();
      break;
    case MEMORY: /* as careless code does: the answer is not looked at */
      use_up_memory(1);
      *(volatile char *)malloc(16u << 20) = 1;
      break;
    case MEMORY_TOLD: use_up_memory(0); break;
    case WAIT: /* for nothing but a request to return early */
      write_all(2, "waiting\n", 8);
      while (!__atomic_load_n(&me->cancelled, __ATOMIC_ACQUIRE)) nap();
      break;
    case SHOUT: /* into the connection, and goes on */
      for (fd = 3; fd < 64; fd++) write_all(fd, "hello, this is no frame", 23);
      break;
    case SLOW: /* says once that it is on its way */
      if (me->shot == me->at) write_all(2, "slow\n", 5);
      for (i = 0; i < 5; i++) nap();
      break;
    case LOG: log_levels(me->host); break;
    default: break;
  }
}

static pandia_status id(void *me, pandia_text *out) {
  const pandia_text text = PANDIA_TEXT(ID);
  (void)me;
  *out = text;
  return PANDIA_OK;
}

static pandia_status query(void *self, pandia_info *out, pandia_err *err) {
  const faults *me = self;
  (void)err;
  out->qubit_count = me->qubit_count;
  out->op_kinds = ~UINT64_C(0);
  out->caps = 0;
  out->threading = PANDIA_THREAD_SENDABLE;
  return PANDIA_OK;
}

static pandia_status negotiate(void *self, const pandia_gate_set *gates, uint8_t *verdicts,
                               uint32_t verdict_count, pandia_err *err) {
  const faults *me = self;
  (void)gates;
  (void)err;
  if (me->how == NEGOTIATE) segv();
  memset(verdicts, PANDIA_VERDICT_NATIVE, verdict_count);
  return PANDIA_OK;
}

static pandia_status shot_begin(void *self, uint64_t shot, uint64_t seed, pandia_err *err) {
  faults *me = self;
  (void)err;
  me->shot = shot;
  me->draws = 0;
  me->level = -0.0;
  me->stream = pandia_stream_of(seed, shot, me->stream_id);
  if (me->how == BEGIN && is_due(me)) segv();
  return PANDIA_OK;
}

static pandia_status apply(void *self, const pandia_batch *batch, pandia_results *results,
                           pandia_err *err) {
  faults *me = self;
  const uint64_t *op = batch->words;
  uint32_t i, first = results->len, how = is_due(me) ? me->how : SOUND;
  if (batch->result_count > 0u && how != SOUND) break_down(me);
  for (i = 0; i < batch->op_count; i++, op = pandia_op_next(op)) {
    uint64_t value;
    pandia_status status;
    if (!pandia_op_bears_result(pandia_op_kind(op))) continue;
    value = pandia_stream_u32(&me->stream);
    me->level = ((double)value - 2e9) / 3e-7; /* digits to the last place */
    me->draws++;
    value &= 1u;
    status = pandia_results_push(results, op, i, value);
    if (status != PANDIA_OK) return status;
  }
  if (batch->result_count == 0u) return PANDIA_OK;
  switch (how) {
    case VALUE_7: results->items[first].value = 7; break;
    case MANY: results->len = 1000000; break;
    case WRONG_ID: results->items[first].id += 1; break;
    case NO_OUTCOME: results->len = first; break;
    case STATUS_3: return 3;
    case MEMORY_TOLD: return pandia_fail(err, PANDIA_E_CAPACITY, ID, 0, "there is no more memory");
    case WAIT: return pandia_fail(err, PANDIA_E_BROKEN, ID, 0, "cancelled");
    case REFUSE: return pandia_fail(err, PANDIA_E_UNSUPPORTED, ID, 0, "not today");
    case LOSE:
    case LOSE_ALL: return pandia_fail(err, PANDIA_E_BROKEN, ID, 0, "lost for good");
    case WRONG_KIND: results->items[first].kind = 99; break;
    default: break;
  }
  return PANDIA_OK;
}

static pandia_status shot_end(void *self, pandia_err *err) {
  const faults *me = self;
  (void)err;
  if (me->how == SHOT_END && is_due(me)) segv();
  return PANDIA_OK;
}

/* A counter and a level of the shot, and a level that only odd shots have; or a great many counters. */
static pandia_status metric(void *self, uint32_t index, pandia_metric *out) {
  static const pandia_text PART = PANDIA_TEXT(ID);
  static const pandia_text NAMES[] = {PANDIA_TEXT("draws"), PANDIA_TEXT("level"), PANDIA_TEXT("odd")};
  const faults *me = self;
  if (is_due(me) && me->how == METRIC) segv();
  if (is_due(me) && me->how == METRIC_HANG) hang();
  if (me->how == COUNTS) index = index < 4000u ? 0u : 9u;
  if (index >= 2u + (me->shot & 1u)) return PANDIA_OK;
  out->kind = index == 0u ? PANDIA_METRIC_COUNTER : PANDIA_METRIC_GAUGE;
  out->part = PART;
  out->name = NAMES[index];
  if (index == 0u) out->value = me->draws;
  else memcpy(&out->value, &me->level, sizeof out->value);
  return PANDIA_OK;
}

static pandia_status cancel(void *self) {
  faults *me = self;
  __atomic_store_n(&me->cancelled, 1, __ATOMIC_RELEASE);
  return PANDIA_OK;
}

static void destroy(void *self) {
  const faults *me = self;
  if (me->how == DESTROY) segv();
}

static pandia_status read_settings(const pandia_config *config, faults *me, pandia_err *err) {
  uint32_t i, j;
  me->how = SOUND;
  me->at = 5;
  me->every = 0;
  for (i = 0; i < config->setting_count; i++) {
    const pandia_setting *setting = pandia_setting_at(config, i);
    if (pandia_text_is(setting->key, "at")) me->at = setting->bits;
    if (pandia_text_is(setting->key, "every")) me->every = setting->bits;
    if (!pandia_text_is(setting->key, "how")) continue;
    for (j = 0; j < HOW_COUNT; j++) {
      if (HOW[j].len == setting->text.len &&
          memcmp(HOW[j].at, setting->text.at, HOW[j].len) == 0) me->how = j;
    }
  }
  (void)err;
  return PANDIA_OK;
}

static pandia_status layout(const pandia_config *config, pandia_layout *out, pandia_err *err) {
  faults me;
  pandia_status status = read_settings(config, &me, err);
  if (me.how == LAYOUT && config->qubit_count > 0u) segv();
  out->align = 16u;
  out->bytes = sizeof(faults);
  return status;
}

static pandia_status create(void *memory, uint64_t memory_bytes, const pandia_config *config,
                            const pandia_host *host, const pandia_backend *children,
                            uint32_t child_count, pandia_backend *out, pandia_err *err) {
  static const pandia_backend_vt VT = {
      sizeof(pandia_backend_vt), 0, id, query, negotiate, shot_begin, apply, shot_end, destroy,
      metric, NULL, NULL, cancel, NULL,
  };
  static int created;
  faults *me = memory;
  pandia_status status = read_settings(config, me, err);
  (void)children;
  if (child_count != 0u || memory_bytes < sizeof(faults)) {
    return pandia_fail(err, PANDIA_E_ARGUMENT, ID, PANDIA_NO_OP, "takes no child");
  }
  if (me->how == LOSE_ALL && created > 0) {
    return pandia_fail(err, PANDIA_E_STATE, ID, PANDIA_NO_OP, "there can be only one");
  }
  created++;
  if (me->how == CREATE) segv();
  if (me->how == CREATE_HANG) hang();
  me->host = host;
  me->cancelled = 0;
  me->qubit_count = config->qubit_count;
  me->stream_id = config->stream;
  out->vt = &VT;
  out->me = me;
  return status;
}

static const pandia_param PARAMS[] = {
    {0, ~UINT64_C(0), 5, PANDIA_PARAM_WHOLE, PANDIA_VALUE_WHOLE, 0, 0, PANDIA_TEXT("at"),
     PANDIA_TEXT(""), PANDIA_TEXT("the shot in which it breaks down"), {NULL, 0, 0}, NULL, NULL},
    {0, ~UINT64_C(0), 0, PANDIA_PARAM_WHOLE, PANDIA_VALUE_WHOLE, 0, 0, PANDIA_TEXT("every"),
     PANDIA_TEXT(""), PANDIA_TEXT("and in all that so many lie between; 0: in no other"),
     {NULL, 0, 0}, NULL, NULL},
    {0, 0, 0, PANDIA_PARAM_CHOICE, PANDIA_VALUE_TEXT, HOW_COUNT, 0, PANDIA_TEXT("how"),
     PANDIA_TEXT(""), PANDIA_TEXT("what it does"), PANDIA_TEXT("sound"), HOW, NULL},
};

static const pandia_plugin FAULTS = {
    sizeof(pandia_plugin), PANDIA_KIND_SIMULATOR, 0,
    0, 0,                              /* children */
    3, sizeof(pandia_param), 0,        /* parameters */
    PANDIA_TEXT(ID), PANDIA_TEXT("1.0.0"),
    PANDIA_TEXT("Breaks down on demand."),
    PARAMS, layout, create, NULL,
};
static const pandia_plugin *const PLUGINS[] = {&FAULTS};
const pandia_module pandia_module_v1 = PANDIA_MODULE_OF(PLUGINS);

#ifdef CRASH_AT_LOAD
__attribute__((constructor)) static void crash_at_load(void) { segv(); }
#endif
