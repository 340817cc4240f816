/*
 * A runtime with a thread of its own, in one file of C: the program runs ahead and waits only where
 * it reads a result and at the end of a shot.
 *
 * Shows the permission that `attach` gives, a bounded queue of commands, telling failures after the
 * fact, and giving the stack back with no call in progress. Start with runtime.c, which does the same
 * to a stack without a thread. Compiled with -DRACY it leaves the lock out in one place, which a test
 * uses to show that ThreadSanitizer would find that.
 */
#define _POSIX_C_SOURCE 200809L
#include <pandia/pandia.h>
#include <pthread.h>
#include <string.h>

#define ID "example.c.threaded_runtime"
#define GATE_NS 10u
#define MEASURE_NS 100u
#define QUEUE_WORDS 4096u
#define HEAD_WORDS 3u /* of a command: its words in all, its kind or operations, shot or results */
#define SHOT_BEGIN 0xfffffffdu
#define SHOT_END 0xfffffffeu

/* What went wrong first in a shot. */
typedef struct {
  uint64_t command; /* which one, from 1; 0: nothing went wrong */
  pandia_err err;
  uint8_t text[240];
  uint8_t layer[48];
} failure;

/* An instance: this, then for each result id a value, a command and room for an outcome. */
typedef struct {
  pandia_backend stack;
  int is_attached;
  uint32_t result_count;

  /* The program's side only. */
  int in_shot, told;
  uint64_t shot_command;    /* the command that began the shot */
  uint64_t *measured_by;    /* by result id: the command that measured it last, or 0 */
  pandia_info info;         /* what the stack can do; it is not asked while it works */

  /* The stack's side only: the thread, or the program's side while the thread has nothing to do. */
  uint64_t now_ns;
  int shot_is_running, is_lost;
  pandia_outcome *room;
  uint64_t message[QUEUE_WORDS];

  /* Both, with the lock. */
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t sent_more, done_more;
  uint64_t queue[QUEUE_WORDS];
  uint64_t put, taken;      /* words, ever */
  uint64_t sent, done;      /* commands, ever */
  int stop;
  uint64_t *values;         /* by result id */
  failure failed;
} runtime;

static pandia_status id(void *me, pandia_text *out) {
  const pandia_text text = PANDIA_TEXT(ID);
  (void)me;
  *out = text;
  return PANDIA_OK;
}

static pandia_status wrong_state(pandia_err *err, const char *text) {
  return pandia_fail(err, PANDIA_E_STATE, ID, PANDIA_NO_OP, text);
}

/* ---- The stack's side ---------------------------------------------------------------------------- */

static uint64_t length_ns(const uint64_t *op) {
  switch (pandia_op_kind(op)) {
    case PANDIA_OP_GATE: return GATE_NS;
    case PANDIA_OP_MEASURE:
    case PANDIA_OP_MEASURE_LEAKED:
    case PANDIA_OP_RESET: return MEASURE_NS;
    case PANDIA_OP_IDLE: return pandia_op_param_u64(op, 0);
    default: return 0;
  }
}

/* Hands a piece of a batch to the stack, at the time that it is now, and shows what it measured. */
static pandia_status send_piece(runtime *me, pandia_batch *piece, uint32_t first_op,
                                pandia_err *err) {
  pandia_results results = {sizeof(pandia_results), 0, 0, 0, NULL};
  pandia_status status;
  uint32_t i;
  if (piece->op_count == 0u) return PANDIA_OK;
  results.cap = me->result_count;
  results.items = me->room;
  piece->size = sizeof *piece;
  piece->start_ns = me->now_ns;
  status = me->stack.vt->apply(me->stack.me, piece, &results, err);
  if (status != PANDIA_OK) {
    if (err->op_index != PANDIA_NO_OP) err->op_index += first_op;
    return status;
  }
  me->now_ns += piece->length_ns;
  pthread_mutex_lock(&me->lock);
  for (i = 0; i < results.len && i < results.cap; i++) {
    if (me->room[i].id < me->result_count) me->values[me->room[i].id] = me->room[i].value;
  }
  pthread_mutex_unlock(&me->lock);
  return PANDIA_OK;
}

/* Carries a batch out, in pieces if it bears more outcomes than there is room for. */
static pandia_status carry_out(runtime *me, const uint64_t *op, uint32_t op_count, pandia_err *err) {
  pandia_batch piece = {0, 0, 0, 0, 0, 0, 0, 0, NULL};
  uint32_t i, first_op = 0;
  piece.words = op;
  for (i = 0; i < op_count; i++, op = pandia_op_next(op)) {
    uint32_t bears = pandia_op_bears_result(pandia_op_kind(op)) ? 1u : 0u;
    if (piece.result_count + bears > me->result_count) {
      pandia_status status = send_piece(me, &piece, first_op, err);
      if (status != PANDIA_OK) return status;
      first_op = i;
      piece.words = op;
      piece.op_count = piece.result_count = piece.word_count = 0;
      piece.length_ns = 0;
    }
    piece.op_count++;
    piece.result_count += bears;
    piece.word_count += pandia_op_bytes(op) / 8u;
    piece.length_ns += length_ns(op);
  }
  return send_piece(me, &piece, first_op, err);
}

/* An error buffer that lies in a failure. */
static pandia_err *open_err(failure *at) {
  memset(&at->err, 0, sizeof at->err);
  at->err.size = sizeof at->err;
  at->err.op_index = PANDIA_NO_OP;
  at->err.text = at->text;
  at->err.text_cap = sizeof at->text;
  at->err.layer = at->layer;
  at->err.layer_cap = sizeof at->layer;
  return &at->err;
}

/* Does what a command says; after a failure the rest of the shot is left out. */
static void obey(runtime *me, const uint64_t *message, int has_failed) {
  failure now;
  pandia_err *err = open_err(&now);
  pandia_status status = PANDIA_OK;
  if (me->is_lost) { /* Whoever lost the instance may only be destroyed. */
    status = pandia_fail(err, PANDIA_E_BROKEN, ID, PANDIA_NO_OP, "an earlier error has lost the "
                         "stack; build it anew");
  } else if (message[1] == SHOT_BEGIN) {
    me->now_ns = 0;
    status = me->stack.vt->shot_begin(me->stack.me, message[2], message[3], err);
    me->shot_is_running = status == PANDIA_OK;
  } else if (message[1] == SHOT_END) {
    if (me->shot_is_running) status = me->stack.vt->shot_end(me->stack.me, err);
    me->shot_is_running = 0;
  } else if (me->shot_is_running && !has_failed) {
    status = carry_out(me, message + HEAD_WORDS, (uint32_t)message[1], err);
  }
  if (status <= -200 || status > 0) me->is_lost = 1;
  pthread_mutex_lock(&me->lock);
  if (status != PANDIA_OK && me->failed.command == 0u) {
    me->failed = now;
    me->failed.err.text = me->failed.text;
    me->failed.err.layer = me->failed.layer;
    me->failed.err.code = status;
    me->failed.command = me->done + 1u;
  }
  me->done++;
  pthread_cond_broadcast(&me->done_more);
  pthread_mutex_unlock(&me->lock);
}

static void *work(void *self) {
  runtime *me = self;
  for (;;) {
    uint64_t words, i;
    int has_failed;
    pthread_mutex_lock(&me->lock);
    while (!me->stop && me->put == me->taken) pthread_cond_wait(&me->sent_more, &me->lock);
    if (me->stop) {
      pthread_mutex_unlock(&me->lock);
      return NULL;
    }
    words = me->queue[me->taken % QUEUE_WORDS];
    for (i = 0; i < words; i++) me->message[i] = me->queue[(me->taken + i) % QUEUE_WORDS];
    me->taken += words;
    has_failed = me->failed.command != 0u;
    pthread_mutex_unlock(&me->lock);
    obey(me, me->message, has_failed);
  }
}

/* ---- The program's side -------------------------------------------------------------------------- */

/* Waits until so many commands are done. */
static void wait_for(runtime *me, uint64_t commands) {
  pthread_mutex_lock(&me->lock);
  while (me->done < commands) pthread_cond_wait(&me->done_more, &me->lock);
  pthread_mutex_unlock(&me->lock);
}

/* Puts a command into the queue, waiting for room. */
static void send(runtime *me, const uint64_t *head, uint32_t head_words, const uint64_t *body,
                 uint32_t body_words) {
  uint32_t i;
  pthread_mutex_lock(&me->lock);
  while (me->put - me->taken + head_words + body_words > QUEUE_WORDS) {
    pthread_cond_wait(&me->done_more, &me->lock); /* what is done was taken out before */
  }
  for (i = 0; i < head_words; i++) me->queue[me->put++ % QUEUE_WORDS] = head[i];
  for (i = 0; i < body_words; i++) me->queue[me->put++ % QUEUE_WORDS] = body[i];
  me->sent++;
  pthread_cond_signal(&me->sent_more);
  pthread_mutex_unlock(&me->lock);
}

/* Tells a failure in a command up to this one. The program has gone on, so it costs the shot. */
static pandia_status tell(runtime *me, uint64_t command, pandia_err *err) {
  pandia_status status = PANDIA_OK;
  pthread_mutex_lock(&me->lock);
  if (me->failed.command != 0u && me->failed.command <= command) {
    const pandia_err *from = &me->failed.err;
    status = from->code <= -1 && from->code >= -99 ? PANDIA_E_PARTIAL : from->code;
    if (err != NULL) {
      char text[sizeof me->failed.text + 1u], layer[sizeof me->failed.layer + 1u];
      memcpy(text, me->failed.text, from->text_len);
      memcpy(layer, me->failed.layer, from->layer_len);
      text[from->text_len] = layer[from->layer_len] = '\0';
      pandia_fail(err, status, from->layer_len > 0u ? layer : ID, PANDIA_NO_OP, text);
      if (from->op_index != PANDIA_NO_OP) {
        pandia_err_text(err, " (operation ");
        pandia_err_number(err, from->op_index);
        pandia_err_text(err, " of batch ");
        pandia_err_number(err, me->failed.command - me->shot_command);
        pandia_err_text(err, " of the shot)");
      }
    }
  }
  pthread_mutex_unlock(&me->lock);
  return status;
}

static pandia_status attach(void *self, const pandia_backend *stack, const pandia_config *config,
                            uint32_t own_thread, pandia_err *err) {
  runtime *me = self;
  pandia_status status;
  (void)config;
  if (me->is_attached) return wrong_state(err, "a stack is attached; detach it first");
  if (own_thread == 0u) {
    return wrong_state(err, "needs a thread of its own, and own_thread is 0: a part of the stack is "
                       "pinned to its thread; use a runtime without a thread");
  }
  memset(&me->info, 0, sizeof me->info);
  me->info.size = sizeof me->info;
  status = stack->vt->query(stack->me, &me->info, err);
  if (status != PANDIA_OK) return status;
  if (me->info.threading != PANDIA_THREAD_SENDABLE) {
    return wrong_state(err, "the stack is pinned to its thread; use a runtime without a thread");
  }
  me->stack = *stack;
  me->put = me->taken = me->sent = me->done = 0;
  me->stop = me->in_shot = me->shot_is_running = me->is_lost = 0;
  me->failed.command = 0;
  if (pthread_create(&me->thread, NULL, work, me) != 0) {
    return pandia_fail(err, PANDIA_E_CAPACITY, ID, PANDIA_NO_OP, "the system gives no thread");
  }
  me->is_attached = 1;
  return PANDIA_OK;
}

static pandia_status detach(void *self, pandia_err *err) {
  runtime *me = self;
  if (!me->is_attached) return wrong_state(err, "no stack is attached; attach one first");
  pthread_mutex_lock(&me->lock);
  me->stop = 1; /* What waits in the queue is left out. */
  pthread_cond_signal(&me->sent_more);
  pthread_mutex_unlock(&me->lock);
  pthread_join(me->thread, NULL); /* A call in progress ends first; then there are no more. */
  me->is_attached = 0;
  return PANDIA_OK;
}

static pandia_status query(void *self, pandia_info *out, pandia_err *err) {
  const runtime *me = self;
  if (!me->is_attached) return wrong_state(err, "no stack is attached; attach one first");
  out->qubit_count = me->info.qubit_count;
  out->op_kinds = me->info.op_kinds;
  out->caps = me->info.caps;
  out->threading = me->info.threading;
  return PANDIA_OK;
}

static pandia_status negotiate(void *self, const pandia_gate_set *gates, uint8_t *verdicts,
                               uint32_t verdict_count, pandia_err *err) {
  runtime *me = self;
  if (!me->is_attached) return wrong_state(err, "no stack is attached; attach one first");
  wait_for(me, me->sent); /* [setup]: on the host's thread, and never while the stack works */
  return me->stack.vt->negotiate(me->stack.me, gates, verdicts, verdict_count, err);
}

static pandia_status shot_begin(void *self, uint64_t shot, uint64_t seed, pandia_err *err) {
  runtime *me = self;
  uint64_t head[4] = {4, SHOT_BEGIN, 0, 0};
  if (!me->is_attached) return wrong_state(err, "no stack is attached; attach one first");
  if (me->in_shot) return wrong_state(err, "a shot is running already; end it first");
  head[2] = shot;
  head[3] = seed;
  memset(me->measured_by, 0, me->result_count * sizeof me->measured_by[0]);
  me->in_shot = 1;
  me->told = 0;
  send(me, head, 4, NULL, 0);
  me->shot_command = me->sent;
  return PANDIA_OK;
}

static pandia_status submit(void *self, const pandia_batch *batch, pandia_err *err) {
  runtime *me = self;
  const uint64_t *op;
  uint64_t head[HEAD_WORDS];
  uint32_t i;
  if (!PANDIA_FITS(batch, pandia_batch, words)) {
    return pandia_fail(err, PANDIA_E_INTERFACE, ID, PANDIA_NO_OP,
                       "a batch from later than this plugin; use a newer build of it");
  }
  if (!me->in_shot) return wrong_state(err, "no shot is running; begin one first");
  op = batch->words;
  for (i = 0; i < batch->op_count; i++, op = pandia_op_next(op)) {
    if (pandia_op_bears_result(pandia_op_kind(op)) &&
        pandia_op_param_u64(op, 0) >= me->result_count) {
      pandia_fail(err, PANDIA_E_ARGUMENT, ID, i, "no such result id; results here: ");
      pandia_err_number(err, me->result_count);
      return PANDIA_E_ARGUMENT;
    }
  }
  if (batch->word_count + HEAD_WORDS > QUEUE_WORDS) {
    pandia_fail(err, PANDIA_E_CAPACITY, ID, PANDIA_NO_OP, "the batch is longer than the queue; cut "
                "it; words at most: ");
    pandia_err_number(err, QUEUE_WORDS - HEAD_WORDS);
    return PANDIA_E_CAPACITY;
  }
  head[0] = batch->word_count + HEAD_WORDS;
  head[1] = batch->op_count;
  head[2] = batch->result_count;
  for (i = 0, op = batch->words; i < batch->op_count; i++, op = pandia_op_next(op)) {
    if (pandia_op_bears_result(pandia_op_kind(op))) {
      me->measured_by[pandia_op_param_u64(op, 0)] = me->sent + 1u;
    }
  }
  send(me, head, HEAD_WORDS, batch->words, batch->word_count);
  return PANDIA_OK;
}

static pandia_status result(void *self, uint64_t result_id, uint32_t wait, uint64_t *out,
                            pandia_err *err) {
  runtime *me = self;
  uint64_t command;
  pandia_status status;
  int is_done;
  if (!me->is_attached) return wrong_state(err, "no stack is attached; attach one first");
  if (result_id >= me->result_count || me->measured_by[result_id] == 0u) {
    return pandia_fail(err, PANDIA_E_ARGUMENT, ID, PANDIA_NO_OP,
                       "nothing was measured into this result in this shot; measure it first");
  }
  command = me->measured_by[result_id];
  if (wait != 0u) wait_for(me, command);
#ifndef RACY
  pthread_mutex_lock(&me->lock);
#endif
  is_done = me->done >= command;
  *out = is_done ? me->values[result_id] : PANDIA_NOT_YET;
#ifndef RACY
  pthread_mutex_unlock(&me->lock);
#endif
  if (!is_done) return PANDIA_OK;
  status = tell(me, command, err);
  if (status != PANDIA_OK) me->told = 1;
  return status;
}

static pandia_status shot_end(void *self, pandia_err *err) {
  runtime *me = self;
  const uint64_t head[HEAD_WORDS] = {HEAD_WORDS, SHOT_END, 0};
  pandia_status status;
  if (!me->in_shot) return wrong_state(err, "no shot is running; begin one first");
  send(me, head, HEAD_WORDS, NULL, 0);
  wait_for(me, me->sent);
  status = me->told ? PANDIA_OK : tell(me, me->sent, err);
  me->failed.command = 0; /* The thread has nothing to do: it does not look here now. */
  me->in_shot = 0;
  return status;
}

static void destroy(void *self) {
  runtime *me = self;
  if (me->is_attached) detach(me, NULL);
  pthread_cond_destroy(&me->done_more);
  pthread_cond_destroy(&me->sent_more);
  pthread_mutex_destroy(&me->lock);
}

static pandia_status metric(void *self, uint32_t index, pandia_metric *out) {
  runtime *me = self;
  if (me->is_attached && PANDIA_HAS(me->stack.vt, pandia_backend_vt, metric)) {
    wait_for(me, me->sent); /* [quiet]: never while the stack works */
    return me->stack.vt->metric(me->stack.me, index, out);
  }
  out->kind = PANDIA_METRIC_END;
  return PANDIA_OK;
}

static const pandia_runtime_vt VT = {
    sizeof(pandia_runtime_vt), 0, id, attach, detach, query, negotiate, shot_begin, submit, result,
    shot_end, destroy, metric, NULL, /* extension */
};

/* ---- The plugin ---------------------------------------------------------------------------------- */

static pandia_status layout(const pandia_config *config, pandia_layout *out, pandia_err *err) {
  if (!PANDIA_FITS(config, pandia_config, settings) || config->reserved0 != 0u) {
    return pandia_fail(err, PANDIA_E_INTERFACE, ID, PANDIA_NO_OP,
                       "a configuration from later than this plugin; use a newer build of it");
  }
  if (config->setting_count > 0u) {
    return pandia_fail(err, PANDIA_E_CONFIG, ID, PANDIA_NO_OP, "there is nothing to set; "
                       "remove the settings");
  }
  out->align = 16u;
  out->bytes = sizeof(runtime) +
               (uint64_t)config->result_count * (2u * sizeof(uint64_t) + sizeof(pandia_outcome));
  return PANDIA_OK;
}

static pandia_status create(void *memory, uint64_t memory_bytes, const pandia_config *config,
                            const pandia_host *host, pandia_runtime *out, pandia_err *err) {
  runtime *me = memory;
  pandia_layout needed = {sizeof(pandia_layout), 0, 0};
  pandia_status status = layout(config, &needed, err);
  (void)host;
  if (status != PANDIA_OK) return status;
  if (!pandia_memory_fits(memory, memory_bytes, &needed)) {
    return pandia_fail(err, PANDIA_E_ARGUMENT, ID, PANDIA_NO_OP, "takes the memory that layout says");
  }
  memset(memory, 0, (size_t)needed.bytes); /* also the rule that places for outcomes are initialised */
  me->result_count = config->result_count;
  me->values = (uint64_t *)(void *)(me + 1);
  me->measured_by = me->values + me->result_count;
  me->room = (pandia_outcome *)(void *)(me->measured_by + me->result_count);
  if (pthread_mutex_init(&me->lock, NULL) != 0 || pthread_cond_init(&me->sent_more, NULL) != 0 ||
      pthread_cond_init(&me->done_more, NULL) != 0) {
    return pandia_fail(err, PANDIA_E_CAPACITY, ID, PANDIA_NO_OP, "the system gives no lock");
  }
  out->vt = &VT;
  out->me = me;
  return PANDIA_OK;
}

static const pandia_plugin RUNTIME = {
    sizeof(pandia_plugin), PANDIA_KIND_RUNTIME, 0,
    0, 0,                              /* children */
    0, sizeof(pandia_param), 0,        /* parameters */
    PANDIA_TEXT(ID), PANDIA_TEXT("1.0.0"),
    PANDIA_TEXT("On a thread of its own: the program runs ahead until it reads; in one file of C."),
    NULL, layout, NULL, create,
};
static const pandia_plugin *const PLUGINS[] = {&RUNTIME};
const pandia_module pandia_module_v1 = PANDIA_MODULE_OF(PLUGINS);
