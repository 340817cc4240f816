/*
 * An error model in one file of C: after each gate, each of its qubits is flipped with probability p.
 *
 * Shows how a layer cuts its caller's batch in pieces without copying a record, slips operations of
 * its own in between, translates operation numbers back, and draws from a stream of its own.
 */
#include <pandia/pandia.h>
#include <pandia/random.h>

#define ID "example.c.bit_flip"

typedef struct {
  pandia_backend child;
  pandia_backend_vt vt; /* of this instance: it offers what this child offers */
  double p;
  uint64_t chance; /* p, prepared for drawing */
  uint64_t stream_id;
  pandia_stream stream;
  uint64_t flips;
} bit_flip;

static pandia_status id(void *me, pandia_text *out) {
  const pandia_text text = PANDIA_TEXT(ID);
  (void)me;
  *out = text;
  return PANDIA_OK;
}

static pandia_status query(void *self, pandia_info *out, pandia_err *err) {
  const bit_flip *me = self;
  return me->child.vt->query(me->child.me, out, err);
}

static pandia_status negotiate(void *self, const pandia_gate_set *gates, uint8_t *verdicts,
                               uint32_t verdict_count, pandia_err *err) {
  static const pandia_gate X = {PANDIA_GATE_X, 1, 0, 0, PANDIA_TEXT("pandia.x/1"), NULL, NULL};
  static const pandia_gate_set OWN = {sizeof(pandia_gate_set), 1, sizeof(pandia_gate), 0, &X};
  const bit_flip *me = self;
  uint8_t verdict = PANDIA_VERDICT_REJECT;
  /* What the layer inserts it announces by a call of its own. */
  pandia_status status = me->child.vt->negotiate(me->child.me, &OWN, &verdict, 1, err);
  if (status != PANDIA_OK) return status;
  if (verdict == PANDIA_VERDICT_REJECT) {
    return pandia_fail(err, PANDIA_E_GATE_REFUSED, ID, PANDIA_NO_OP,
                       "inserts the gate x, which what lies below cannot do; use another simulator");
  }
  return me->child.vt->negotiate(me->child.me, gates, verdicts, verdict_count, err);
}

static pandia_status shot_begin(void *self, uint64_t shot, uint64_t seed, pandia_err *err) {
  bit_flip *me = self;
  pandia_status status = me->child.vt->shot_begin(me->child.me, shot, seed, err);
  if (status != PANDIA_OK) return status;
  me->stream = pandia_stream_of(seed, shot, me->stream_id);
  return PANDIA_OK;
}

/* ---- Cutting a batch in pieces --------------------------------------------------------------- */

/* A walk over the caller's batch: what was given to the child, and what is waiting to be. */
typedef struct {
  bit_flip *me;
  const pandia_batch *batch;
  pandia_results *results;
  pandia_err *err;
  const uint64_t *waiting; /* the first record that the child has not got */
  uint32_t first_op;       /* its number in the caller's batch */
  uint32_t ops, outcomes;  /* how many are waiting, and how many outcomes they bear */
  int worked;              /* whether the child has done anything of this batch */
} walk;

/* An error of the child: its operation by the caller's number, and a lost shot if part is done. */
static pandia_status failed(const walk *w, pandia_status status) {
  if (w->worked && status <= -1 && status >= -99) {
    status = PANDIA_E_PARTIAL;
    if (w->err != NULL) w->err->code = status;
  }
  return status;
}

/* Hands on the records from `waiting` up to `end`: a piece of the caller's, not a copy. */
static pandia_status forward(walk *w, const uint64_t *end) {
  const pandia_backend *child = &w->me->child;
  pandia_batch piece = *w->batch;
  uint32_t had = w->results->len, i;
  pandia_status status;
  if (w->ops == 0u) return PANDIA_OK;
  piece.size = sizeof piece;
  piece.op_count = w->ops;
  piece.result_count = w->outcomes;
  piece.words = w->waiting;
  piece.word_count = (uint32_t)(end - w->waiting);
  status = child->vt->apply(child->me, &piece, w->results, w->err);
  if (status != PANDIA_OK) {
    if (w->err != NULL && w->err->op_index != PANDIA_NO_OP) w->err->op_index += w->first_op;
    return failed(w, status);
  }
  if (w->results->len != had + w->outcomes) {
    return pandia_fail(w->err, PANDIA_E_OUTCOMES, ID, PANDIA_NO_OP,
                       "what lies below gave a wrong number of outcomes");
  }
  for (i = had; i < w->results->len; i++) w->results->items[i].op_index += w->first_op;
  w->waiting = end;
  w->first_op += w->ops;
  w->ops = w->outcomes = 0;
  w->worked = 1;
  return PANDIA_OK;
}

/* Flips a qubit: a batch of the layer's own, at the caller's time. */
static pandia_status insert_x(walk *w, uint32_t qubit) {
  bit_flip *me = w->me;
  uint64_t words[2];
  pandia_batch own = *w->batch;
  pandia_results none = {sizeof(pandia_results), 0, 0, 0, NULL};
  pandia_status status;
  own.size = sizeof own;
  own.op_count = 1;
  own.result_count = 0;
  own.issuer = (uint32_t)(me->stream_id & 0xffffffffu);
  own.depth += 1u;
  own.words = words;
  own.word_count = pandia_op_write(words, 2, PANDIA_OP_GATE, PANDIA_FLAG_INSERTED, PANDIA_GATE_X,
                                   &qubit, 1, NULL, 0);
  status = me->child.vt->apply(me->child.me, &own, &none, w->err);
  if (status == PANDIA_OK) {
    me->flips++;
    return PANDIA_OK;
  }
  if (w->err != NULL) w->err->op_index = w->first_op - 1u; /* the caller's gate before it */
  return failed(w, status);
}

static pandia_status walk_batch(walk *w) {
  bit_flip *me = w->me;
  const uint64_t *op = w->batch->words, *next;
  uint32_t i, operand;
  pandia_status status;
  for (i = 0; i < w->batch->op_count; i++, op = next) {
    next = pandia_op_next(op);
    w->ops++;
    w->outcomes += pandia_op_bears_result(pandia_op_kind(op)) ? 1u : 0u;
    if (pandia_op_kind(op) != PANDIA_OP_GATE) continue;
    for (operand = 0; operand < pandia_op_qubit_count(op); operand++) {
      if (!pandia_stream_happens(&me->stream, me->p, me->chance)) continue;
      status = forward(w, next);
      if (status == PANDIA_OK) status = insert_x(w, pandia_op_qubit(op, operand));
      if (status != PANDIA_OK) return status;
    }
  }
  return forward(w, op);
}

static pandia_status apply(void *self, const pandia_batch *batch, pandia_results *results,
                           pandia_err *err) {
  bit_flip *me = self;
  pandia_stream before = me->stream;
  walk w = {me, batch, results, err, NULL, 0, 0, 0, 0};
  pandia_status status;
  if (!PANDIA_FITS(batch, pandia_batch, words) || !PANDIA_FITS(results, pandia_results, items)) {
    return pandia_fail(err, PANDIA_E_INTERFACE, ID, PANDIA_NO_OP,
                       "a batch from later than this plugin; use a newer build of it");
  }
  if (batch->depth > 0u) { /* errors of the layers above are not ours to spoil */
    return me->child.vt->apply(me->child.me, batch, results, err);
  }
  if (results->cap - results->len < batch->result_count) {
    return pandia_fail(err, PANDIA_E_CAPACITY, ID, PANDIA_NO_OP, "no room for the outcomes");
  }
  w.waiting = batch->words;
  status = walk_batch(&w);
  if (status != PANDIA_OK && !w.worked) me->stream = before; /* refused: nothing has changed */
  return status;
}

static pandia_status shot_end(void *self, pandia_err *err) {
  const bit_flip *me = self;
  return me->child.vt->shot_end(me->child.me, err);
}

static void destroy(void *me) { (void)me; /* The child is destroyed by who created it. */ }

static pandia_status metric(void *self, uint32_t index, pandia_metric *out) {
  const bit_flip *me = self;
  const pandia_text part = PANDIA_TEXT(ID), name = PANDIA_TEXT("flips");
  if (index > 0u) {
    if (PANDIA_HAS(me->child.vt, pandia_backend_vt, metric)) {
      return me->child.vt->metric(me->child.me, index - 1u, out);
    }
    out->kind = PANDIA_METRIC_END;
    return PANDIA_OK;
  }
  out->kind = PANDIA_METRIC_COUNTER;
  out->value = me->flips;
  out->part = part;
  out->name = name;
  return PANDIA_OK;
}

static pandia_status state(void *self, const pandia_state_query *query_, double *out,
                           uint64_t out_count, pandia_err *err) {
  const bit_flip *me = self;
  return me->child.vt->state(me->child.me, query_, out, out_count, err);
}

static pandia_status state_digest(void *self, uint64_t *out, pandia_err *err) {
  const bit_flip *me = self;
  return me->child.vt->state_digest(me->child.me, out, err);
}

static pandia_status cancel(void *self) {
  const bit_flip *me = self;
  return me->child.vt->cancel(me->child.me);
}

/* ---- The plugin ------------------------------------------------------------------------------ */

/* Reads the one setting. */
static pandia_status read_p(const pandia_config *config, double *p, pandia_err *err) {
  const pandia_setting *setting;
  uint32_t i;
  if (!PANDIA_FITS(config, pandia_config, settings) || config->reserved0 != 0u) {
    return pandia_fail(err, PANDIA_E_INTERFACE, ID, PANDIA_NO_OP,
                       "a configuration from later than this plugin; use a newer build of it");
  }
  for (i = 0; i < config->setting_count; i++) {
    if (!pandia_text_is(pandia_setting_at(config, i)->key, "p")) {
      return pandia_fail(err, PANDIA_E_CONFIG, ID, PANDIA_NO_OP, "the only setting is p");
    }
  }
  setting = pandia_setting_find(config, "p");
  if (setting == NULL) {
    *p = 0.001;
    return PANDIA_OK;
  }
  *p = setting->kind == PANDIA_VALUE_REAL ? pandia_f64_of(setting->bits) : (double)setting->bits;
  if ((setting->kind != PANDIA_VALUE_REAL && setting->kind != PANDIA_VALUE_WHOLE) ||
      !(*p >= 0.0 && *p <= 1.0)) {
    return pandia_fail(err, PANDIA_E_CONFIG, ID, PANDIA_NO_OP, "p is a probability: 0 to 1");
  }
  return PANDIA_OK;
}

static pandia_status layout(const pandia_config *config, pandia_layout *out, pandia_err *err) {
  double p;
  pandia_status status = read_p(config, &p, err);
  if (status != PANDIA_OK) return status;
  out->align = 16u;
  out->bytes = sizeof(bit_flip);
  return PANDIA_OK;
}

static pandia_status create(void *memory, uint64_t memory_bytes, const pandia_config *config,
                            const pandia_host *host, const pandia_backend *children,
                            uint32_t child_count, pandia_backend *out, pandia_err *err) {
  /* No extension: a layer passes on none that it does not know. */
  static const pandia_backend_vt OWN = {
      sizeof(pandia_backend_vt), 0, id, query, negotiate, shot_begin, apply, shot_end, destroy,
      metric, state, state_digest, cancel, NULL,
  };
  bit_flip *me = memory;
  double p;
  pandia_layout needed = {sizeof(pandia_layout), 0, 0};
  pandia_status status = layout(config, &needed, err);
  (void)host;
  if (status == PANDIA_OK) status = read_p(config, &p, err);
  if (status != PANDIA_OK) return status;
  if (child_count != 1u || !pandia_memory_fits(memory, memory_bytes, &needed)) {
    return pandia_fail(err, PANDIA_E_ARGUMENT, ID, PANDIA_NO_OP, "takes one child, and the memory "
                       "that layout says");
  }
  me->child = children[0];
  me->p = p;
  me->chance = pandia_chance_of(p);
  me->stream_id = config->stream;
  me->stream = pandia_stream_of(0, 0, me->stream_id);
  me->flips = 0;
  me->vt = OWN;
  /* Offered exactly when the child offers it. */
  if (!PANDIA_HAS(me->child.vt, pandia_backend_vt, state)) me->vt.state = NULL;
  if (!PANDIA_HAS(me->child.vt, pandia_backend_vt, state_digest)) me->vt.state_digest = NULL;
  if (!PANDIA_HAS(me->child.vt, pandia_backend_vt, cancel)) me->vt.cancel = NULL;
  out->vt = &me->vt;
  out->me = me;
  return PANDIA_OK;
}

static const pandia_param PARAMS[] = {{
    0, UINT64_C(0x3ff0000000000000),   /* from 0 to 1, as bits of a double */
    UINT64_C(0x3f50624dd2f1a9fc),      /* default: 0.001 */
    PANDIA_PARAM_PROBABILITY, PANDIA_VALUE_REAL, 0, 0,
    PANDIA_TEXT("p"), PANDIA_TEXT("1"),
    PANDIA_TEXT("the probability that a gate flips a qubit that it acts on"),
    {NULL, 0, 0}, NULL, NULL,
}};

static const pandia_plugin BIT_FLIP = {
    sizeof(pandia_plugin), PANDIA_KIND_ERROR_MODEL, 0,
    1, 1,                              /* children */
    1, sizeof(pandia_param), 0,        /* parameters */
    PANDIA_TEXT(ID), PANDIA_TEXT("1.0.0"),
    PANDIA_TEXT("Flips qubits after gates with probability p; in one file of C."),
    PARAMS, layout, create, NULL,
};
static const pandia_plugin *const PLUGINS[] = {&BIT_FLIP};
const pandia_module pandia_module_v1 = PANDIA_MODULE_OF(PLUGINS);
