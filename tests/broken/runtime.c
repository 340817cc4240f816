/*
 * The example of a runtime with one defect: -DBROKEN=kind. Deliberately wrong, for the tests of
 * `pandia check`. Without a defect it is the example: -DBROKEN=intact.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <string.h>
#include <time.h>

#include <pandia/pandia.h>

#define pandia_module_v1 example_module
#include "../../host-ffi/examples/c/runtime.c"
#undef pandia_module_v1

enum {
  intact, pinned_taken, calls_after_detach, attaches_twice, other_thread, result_invented,
  shot_end_lost, thread_negotiates, thread_stays, thread_forgets, thread_reorders, thread_remembers,
  thread_own_words, thread_tells_at_submit, thread_swallows, thread_names_operation
};
#define IS(kind) (BROKEN == (kind))
/* Wrong only where it may use a thread of its own, as it was attached last. */
#define ON_THREAD(kind) (IS(kind) && has_thread)

static uint32_t has_thread;
static uint64_t shots_begun; /* since it was attached last, or shot 0 */
static struct {
  pandia_status status;
  char text[256], layer[64];
} kept;

/* Takes a batch that could not be done all the same. */
static pandia_status keep(pandia_status status, pandia_err *err) {
  kept.status = status;
  kept.text[0] = kept.layer[0] = '\0';
  if (err != NULL) {
    memcpy(kept.text, err->text, err->text_len);
    kept.text[err->text_len] = '\0';
    memcpy(kept.layer, err->layer, err->layer_len);
    kept.layer[err->layer_len] = '\0';
    err->code = 0;
    err->op_index = PANDIA_NO_OP;
    err->text_len = err->layer_len = 0;
  }
  return PANDIA_OK;
}

/* Tells it later. */
static pandia_status tell(pandia_err *err, const char *layer, uint32_t op_index) {
  pandia_status status = kept.status;
  kept.status = PANDIA_OK;
  return status == PANDIA_OK ? PANDIA_OK
                             : pandia_fail(err, PANDIA_E_PARTIAL, layer, op_index, kept.text);
}

static pandia_status broken_attach(void *self, const pandia_backend *stack,
                                   const pandia_config *config, uint32_t own_thread,
                                   pandia_err *err) {
  runtime *me = self;
  if (IS(attaches_twice)) me->is_attached = 0;
  has_thread = own_thread;
  shots_begun = 0;
  kept.status = PANDIA_OK;
  return attach(self, stack, config, IS(pinned_taken) ? 0 : own_thread, err);
}

typedef struct {
  void *me;
  const pandia_batch *batch;
  pandia_err *err;
  pandia_status status;
} task;

static void *elsewhere(void *context) {
  task *t = context;
  t->status = submit(t->me, t->batch, t->err);
  return NULL;
}

static void *negotiates(void *self) {
  const runtime *me = self;
  pandia_gate_set none = {sizeof none, 0, sizeof(pandia_gate), 0, NULL};
  me->stack.vt->negotiate(me->stack.me, &none, NULL, 0, NULL);
  return NULL;
}

static void *stays(void *self) {
  const pandia_backend stack = ((runtime *)self)->stack;
  const struct timespec length = {0, 2000000};
  nanosleep(&length, NULL);
  stack.vt->shot_end(stack.me, NULL);
  return NULL;
}

/* The first two operations the other way round. */
static pandia_status reorder(void *me, const pandia_batch *batch, pandia_err *err) {
  static uint64_t words[4096];
  const uint64_t *first = batch->words, *second = pandia_op_next(first), *rest;
  pandia_batch other = *batch;
  size_t one, two;
  if (batch->op_count < 2u || batch->word_count > 4096u) return submit(me, batch, err);
  rest = pandia_op_next(second);
  one = (size_t)(second - first);
  two = (size_t)(rest - second);
  memcpy(words, second, two * 8u);
  memcpy(words + two, first, one * 8u);
  memcpy(words + one + two, rest, (batch->word_count - one - two) * 8u);
  other.words = words;
  return submit(me, &other, err);
}

static pandia_status broken_shot_begin(void *me, uint64_t shot, uint64_t seed, pandia_err *err) {
  pandia_status status;
  if (shot == 0u) shots_begun = 0;
  if (ON_THREAD(thread_remembers)) shot = shots_begun;
  status = shot_begin(me, shot, seed, err);
  if (status == PANDIA_OK) shots_begun++;
  return status;
}

static pandia_status broken_submit(void *me, const pandia_batch *batch, pandia_err *err) {
  const runtime *own = me;
  if (IS(calls_after_detach) && !own->is_attached && own->now_ns > 0u) {
    own->stack.vt->shot_end(own->stack.me, NULL); /* it was there a moment ago */
  }
  if (IS(other_thread)) {
    task t = {me, batch, err, 0};
    pthread_t thread;
    pthread_create(&thread, NULL, elsewhere, &t);
    pthread_join(thread, NULL);
    return t.status;
  }
  if (ON_THREAD(thread_negotiates)) {
    pthread_t thread;
    pthread_create(&thread, NULL, negotiates, me);
    pthread_join(thread, NULL);
  }
  if (ON_THREAD(thread_reorders)) return reorder(me, batch, err);
  if (ON_THREAD(thread_tells_at_submit) && kept.status != PANDIA_OK) {
    return tell(err, kept.layer, PANDIA_NO_OP);
  }
  if (ON_THREAD(thread_own_words) || ON_THREAD(thread_tells_at_submit) ||
      ON_THREAD(thread_swallows) || ON_THREAD(thread_names_operation)) {
    pandia_status status = submit(me, batch, err);
    return status == PANDIA_OK ? status : keep(status, err);
  }
  return submit(me, batch, err);
}

static pandia_status broken_detach(void *self, pandia_err *err) {
  runtime *me = self;
  if (ON_THREAD(thread_stays) && me->is_attached) {
    pthread_t thread;
    static runtime copy;
    copy = *me;
    pthread_create(&thread, NULL, stays, &copy);
    pthread_detach(thread);
  }
  return detach(self, err);
}

static pandia_status broken_result(void *me, uint64_t result_id, uint32_t wait, uint64_t *out,
                                   pandia_err *err) {
  pandia_status status = result(me, result_id, wait, out, err);
  if (ON_THREAD(thread_forgets)) return status == PANDIA_OK ? (*out ^= 1u, status) : status;
  if (kept.status != PANDIA_OK && ON_THREAD(thread_own_words)) return tell(err, ID, PANDIA_NO_OP);
  if (kept.status != PANDIA_OK && ON_THREAD(thread_names_operation)) return tell(err, kept.layer, 3u);
  if (IS(result_invented)) *out = 5;
  return status;
}

static pandia_status broken_shot_end(void *self, pandia_err *err) {
  const runtime *me = self;
  if (IS(shot_end_lost) && me->is_attached) return PANDIA_OK; /* here, but not in the stack */
  {
    pandia_status status = shot_end(self, err);
    if (status != PANDIA_OK || kept.status == PANDIA_OK) return status;
    if (ON_THREAD(thread_own_words)) return tell(err, ID, PANDIA_NO_OP);
    if (ON_THREAD(thread_names_operation)) return tell(err, kept.layer, 3u);
    kept.status = PANDIA_OK; /* swallowed */
    return status;
  }
}

static const pandia_runtime_vt BROKEN_VT = {
    sizeof(pandia_runtime_vt), 0, id, broken_attach, broken_detach, query, negotiate, broken_shot_begin,
    broken_submit, broken_result, broken_shot_end, destroy, metric, NULL,
};

static pandia_status broken_create(void *memory, uint64_t memory_bytes, const pandia_config *config,
                                   const pandia_host *host, pandia_runtime *out, pandia_err *err) {
  pandia_status status = create(memory, memory_bytes, config, host, out, err);
  if (status == PANDIA_OK) out->vt = &BROKEN_VT;
  return status;
}

static const pandia_plugin BROKEN_RUNTIME = {
    sizeof(pandia_plugin), PANDIA_KIND_RUNTIME, 0, 0, 0, 0, sizeof(pandia_param), 0,
    PANDIA_TEXT("broken.runtime"), PANDIA_TEXT("1.0.0"), PANDIA_TEXT("Wrong on purpose."), NULL,
    layout, NULL, broken_create,
};
static const pandia_plugin *const BROKEN_PLUGINS[] = {&BROKEN_RUNTIME};
const pandia_module pandia_module_v1 = PANDIA_MODULE_OF(BROKEN_PLUGINS);
