/*
 * The example of a runtime with one defect: -DBROKEN=kind. Deliberately wrong, for the tests of
 * `pandia check`. Without a defect it is the example: -DBROKEN=intact.
 */
#define _GNU_SOURCE
#include <pthread.h>

#include <pandia/pandia.h>

#define pandia_module_v1 example_module
#include "../../host-ffi/examples/c/runtime.c"
#undef pandia_module_v1

enum {
  intact, pinned_taken, calls_after_detach, attaches_twice, other_thread, result_invented,
  shot_end_lost
};
#define IS(kind) (BROKEN == (kind))

static pandia_status broken_attach(void *self, const pandia_backend *stack,
                                   const pandia_config *config, uint32_t own_thread,
                                   pandia_err *err) {
  runtime *me = self;
  if (IS(attaches_twice)) me->is_attached = 0;
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
  return submit(me, batch, err);
}

static pandia_status broken_result(void *me, uint64_t result_id, uint32_t wait, uint64_t *out,
                                   pandia_err *err) {
  pandia_status status = result(me, result_id, wait, out, err);
  if (IS(result_invented)) *out = 5;
  return status;
}

static pandia_status broken_shot_end(void *self, pandia_err *err) {
  const runtime *me = self;
  if (IS(shot_end_lost) && me->is_attached) return PANDIA_OK; /* here, but not in the stack */
  return shot_end(self, err);
}

static const pandia_runtime_vt BROKEN_VT = {
    sizeof(pandia_runtime_vt), 0, id, broken_attach, detach, query, negotiate, shot_begin,
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
