/*
 * A simulator in one file of C: a state vector of up to 12 qubits.
 *
 * Every gate is its matrix, of the built-in ones as of a program's own on at most two qubits. Shows
 * the whole table of a backend, the check of a batch before its first operation, and how a random
 * stream makes shots repeatable.
 */
#include <math.h>
#include <pandia/pandia.h>
#include <pandia/random.h>

#define ID "example.c.simulator"
#define QUBITS_MAX 12u
#define USER_GATES_MAX 16u
#define KINDS                                                                                    \
  (PANDIA_OP_BIT(PANDIA_OP_GATE) | PANDIA_OP_BIT(PANDIA_OP_MEASURE) |                            \
   PANDIA_OP_BIT(PANDIA_OP_RESET) | PANDIA_OP_BIT(PANDIA_OP_IDLE) |                              \
   PANDIA_OP_BIT(PANDIA_OP_BARRIER))

typedef struct {
  double re, im;
} complex_t;

/* What an instance is: this, and behind it 2^n amplitudes, in memory that the host gave. */
typedef struct {
  uint32_t qubit_count;
  int in_shot;
  uint64_t stream_id;
  pandia_stream stream;
  uint32_t user_gate_count;
  pandia_gate user_gates[USER_GATES_MAX];
  complex_t amps[];
} simulator;

/* ---- Gates ---------------------------------------------------------------------------------- */

/* What is taken of the built-in gates. */
static const struct {
  uint16_t slot;
  uint8_t qubit_count, param_count;
  const char *id;
} BUILT_IN[] = {
    {PANDIA_GATE_PHASED_X, 1, 2, "pandia.phased_x/1"}, {PANDIA_GATE_RZ, 1, 1, "pandia.rz/1"},
    {PANDIA_GATE_ZZ_PHASE, 2, 1, "pandia.zz_phase/1"}, {PANDIA_GATE_RX, 1, 1, "pandia.rx/1"},
    {PANDIA_GATE_RY, 1, 1, "pandia.ry/1"},             {PANDIA_GATE_I, 1, 0, "pandia.i/1"},
    {PANDIA_GATE_X, 1, 0, "pandia.x/1"},               {PANDIA_GATE_Y, 1, 0, "pandia.y/1"},
    {PANDIA_GATE_Z, 1, 0, "pandia.z/1"},               {PANDIA_GATE_H, 1, 0, "pandia.h/1"},
    {PANDIA_GATE_S, 1, 0, "pandia.s/1"},               {PANDIA_GATE_SDG, 1, 0, "pandia.sdg/1"},
    {PANDIA_GATE_T, 1, 0, "pandia.t/1"},               {PANDIA_GATE_TDG, 1, 0, "pandia.tdg/1"},
    {PANDIA_GATE_U3, 1, 3, "pandia.u3/1"},             {PANDIA_GATE_PHASE, 1, 1, "pandia.phase/1"},
    {PANDIA_GATE_CX, 2, 0, "pandia.cx/1"},             {PANDIA_GATE_CY, 2, 0, "pandia.cy/1"},
    {PANDIA_GATE_CZ, 2, 0, "pandia.cz/1"},             {PANDIA_GATE_CH, 2, 0, "pandia.ch/1"},
    {PANDIA_GATE_SWAP, 2, 0, "pandia.swap/1"},         {PANDIA_GATE_CRZ, 2, 1, "pandia.crz/1"},
    {PANDIA_GATE_CPHASE, 2, 1, "pandia.cphase/1"},
    {PANDIA_GATE_UNITARY_1Q, 1, 8, "pandia.unitary_1q/1"},
    {PANDIA_GATE_UNITARY_2Q, 2, 32, "pandia.unitary_2q/1"},
};

static void set(complex_t *m, double re, double im) {
  m->re = re;
  m->im = im;
}

/* exp(-i theta/2 (x X + y Y + z Z)), of a unit vector. */
static void rotation(complex_t m[4], double theta, double x, double y, double z) {
  double c = cos(theta / 2.0), s = sin(theta / 2.0);
  set(&m[0], c, -s * z);
  set(&m[1], -s * y, -s * x);
  set(&m[2], s * y, -s * x);
  set(&m[3], c, s * z);
}

static void diagonal(complex_t m[4], double lambda) {
  set(&m[0], 1.0, 0.0);
  set(&m[1], 0.0, 0.0);
  set(&m[2], 0.0, 0.0);
  set(&m[3], cos(lambda), sin(lambda));
}

/* The matrix of a gate on one qubit; of a controlled one, what happens to the target. */
static int one_qubit_matrix(uint16_t slot, const double *p, complex_t m[4]) {
  const double h = sqrt(0.5), quarter = 0.78539816339744830962;
  set(&m[0], 1.0, 0.0);
  set(&m[1], 0.0, 0.0);
  set(&m[2], 0.0, 0.0);
  set(&m[3], 1.0, 0.0);
  switch (slot) {
    case PANDIA_GATE_I: return 1;
    case PANDIA_GATE_PHASED_X: rotation(m, p[0], cos(p[1]), sin(p[1]), 0.0); return 1;
    case PANDIA_GATE_RX: rotation(m, p[0], 1.0, 0.0, 0.0); return 1;
    case PANDIA_GATE_RY: rotation(m, p[0], 0.0, 1.0, 0.0); return 1;
    case PANDIA_GATE_CRZ:
    case PANDIA_GATE_RZ: rotation(m, p[0], 0.0, 0.0, 1.0); return 1;
    case PANDIA_GATE_CX:
    case PANDIA_GATE_X:
      set(&m[0], 0.0, 0.0), set(&m[1], 1.0, 0.0), set(&m[2], 1.0, 0.0), set(&m[3], 0.0, 0.0);
      return 1;
    case PANDIA_GATE_CY:
    case PANDIA_GATE_Y:
      set(&m[0], 0.0, 0.0), set(&m[1], 0.0, -1.0), set(&m[2], 0.0, 1.0), set(&m[3], 0.0, 0.0);
      return 1;
    case PANDIA_GATE_CZ:
    case PANDIA_GATE_Z: set(&m[3], -1.0, 0.0); return 1;
    case PANDIA_GATE_CH:
    case PANDIA_GATE_H:
      set(&m[0], h, 0.0), set(&m[1], h, 0.0), set(&m[2], h, 0.0), set(&m[3], -h, 0.0);
      return 1;
    case PANDIA_GATE_S: set(&m[3], 0.0, 1.0); return 1;
    case PANDIA_GATE_SDG: set(&m[3], 0.0, -1.0); return 1;
    case PANDIA_GATE_T: diagonal(m, quarter); return 1;
    case PANDIA_GATE_TDG: diagonal(m, -quarter); return 1;
    case PANDIA_GATE_CPHASE:
    case PANDIA_GATE_PHASE: diagonal(m, p[0]); return 1;
    case PANDIA_GATE_U3: {
      double c = cos(p[0] / 2.0), s = sin(p[0] / 2.0);
      set(&m[0], c, 0.0);
      set(&m[1], -s * cos(p[2]), -s * sin(p[2]));
      set(&m[2], s * cos(p[1]), s * sin(p[1]));
      set(&m[3], c * cos(p[1] + p[2]), c * sin(p[1] + p[2]));
      return 1;
    }
    default: return 0;
  }
}

/* The matrix of a gate on two qubits. Bit 0 of row and column is operand 0, the control. */
static void two_qubit_matrix(uint16_t slot, const double *p, complex_t m[16]) {
  complex_t target[4];
  uint32_t i;
  for (i = 0; i < 16; i++) set(&m[i], i % 5 == 0 ? 1.0 : 0.0, 0.0);
  if (slot == PANDIA_GATE_ZZ_PHASE) {
    double c = cos(p[0] / 2.0), s = sin(p[0] / 2.0);
    for (i = 0; i < 4; i++) set(&m[5 * i], c, i == 1 || i == 2 ? s : -s);
  } else if (slot == PANDIA_GATE_SWAP) {
    set(&m[5], 0.0, 0.0), set(&m[6], 1.0, 0.0), set(&m[9], 1.0, 0.0), set(&m[10], 0.0, 0.0);
  } else if (one_qubit_matrix(slot, p, target)) {
    m[5] = target[0], m[7] = target[1], m[13] = target[2], m[15] = target[3];
  }
}

static const pandia_gate *user_gate(const simulator *me, uint16_t slot) {
  uint32_t i;
  for (i = 0; i < me->user_gate_count; i++) {
    if (me->user_gates[i].slot == slot) return &me->user_gates[i];
  }
  return NULL;
}

/* The matrix of the operation's gate, whose counts and parameters were checked. */
static pandia_status matrix_of(const simulator *me, const uint64_t *op, complex_t m[16]) {
  double params[PANDIA_PARAMS_MAX], re_im[32];
  const pandia_gate *user = user_gate(me, pandia_op_gate(op));
  uint32_t i, size = pandia_op_qubit_count(op) == 1u ? 4u : 16u;
  for (i = 0; i < pandia_op_param_count(op); i++) params[i] = pandia_op_param_f64(op, i);
  if (user != NULL) {
    pandia_status status = user->matrix(user->matrix_context, params, user->param_count, re_im,
                                        2u * size);
    if (status != PANDIA_OK) return PANDIA_E_ARGUMENT;
    for (i = 0; i < size; i++) set(&m[i], re_im[2 * i], re_im[2 * i + 1]);
  } else if (pandia_op_gate(op) >= PANDIA_GATE_UNITARY_1Q) {
    for (i = 0; i < size; i++) set(&m[i], params[2 * i], params[2 * i + 1]);
  } else if (size == 4u) {
    one_qubit_matrix(pandia_op_gate(op), params, m);
  } else {
    two_qubit_matrix(pandia_op_gate(op), params, m);
  }
  return PANDIA_OK;
}

/* ---- The check of a batch before its first operation ---------------------------------------- */

static int is_unitary(const complex_t *m, uint32_t size) {
  uint32_t row, other, k;
  for (row = 0; row < size; row++) {
    for (other = 0; other < size; other++) {
      double re = row == other ? -1.0 : 0.0, im = 0.0;
      for (k = 0; k < size; k++) {
        complex_t a = m[row * size + k], b = m[other * size + k];
        re += a.re * b.re + a.im * b.im;
        im += a.im * b.re - a.re * b.im;
      }
      if (!(fabs(re) < 1e-9 && fabs(im) < 1e-9)) return 0;
    }
  }
  return 1;
}

static pandia_status check_gate(const simulator *me, const uint64_t *op, int *is_dense) {
  uint32_t i, qubits = pandia_op_qubit_count(op), params = pandia_op_param_count(op);
  const pandia_gate *user = user_gate(me, pandia_op_gate(op));
  *is_dense = user != NULL || pandia_op_gate(op) >= PANDIA_GATE_UNITARY_1Q;
  if (user != NULL) {
    return qubits == user->qubit_count && params == user->param_count ? PANDIA_OK
                                                                      : PANDIA_E_ARGUMENT;
  }
  for (i = 0; i < sizeof BUILT_IN / sizeof BUILT_IN[0]; i++) {
    if (BUILT_IN[i].slot != pandia_op_gate(op)) continue;
    return qubits == BUILT_IN[i].qubit_count && params == BUILT_IN[i].param_count
               ? PANDIA_OK
               : PANDIA_E_ARGUMENT;
  }
  return PANDIA_E_GATE_REFUSED;
}

static pandia_status check_operands(const simulator *me, const uint64_t *op) {
  uint32_t i, j;
  for (i = 0; i < pandia_op_qubit_count(op); i++) {
    if (pandia_op_qubit(op, i) >= me->qubit_count) return PANDIA_E_QUBIT_OUT_OF_RANGE;
    for (j = 0; j < i; j++) {
      if (pandia_op_qubit(op, j) == pandia_op_qubit(op, i)) return PANDIA_E_SAME_QUBIT;
    }
  }
  if (pandia_op_kind(op) != PANDIA_OP_GATE) return PANDIA_OK;
  for (i = 0; i < pandia_op_param_count(op); i++) {
    if (!isfinite(pandia_op_param_f64(op, i))) return PANDIA_E_NOT_FINITE;
  }
  return PANDIA_OK;
}

/* Whether the operation is of a kind, or a gate, that is not known here but may be skipped. */
static int is_skipped(const simulator *me, const uint64_t *op) {
  int dense;
  uint8_t kind = pandia_op_kind(op);
  if ((pandia_op_flags(op) & PANDIA_FLAG_HINT) == 0 || pandia_op_bears_result(kind)) return 0;
  if ((KINDS & PANDIA_OP_BIT(kind)) == 0) return 1;
  return kind == PANDIA_OP_GATE && check_gate(me, op, &dense) == PANDIA_E_GATE_REFUSED;
}

static pandia_status check_op(const simulator *me, const uint64_t *op) {
  pandia_status status;
  int is_dense = 0;
  if (is_skipped(me, op)) return PANDIA_OK;
  if ((KINDS & PANDIA_OP_BIT(pandia_op_kind(op))) == 0) return PANDIA_E_UNSUPPORTED;
  if (pandia_op_kind(op) == PANDIA_OP_GATE) {
    status = check_gate(me, op, &is_dense);
    if (status != PANDIA_OK) return status;
  }
  status = check_operands(me, op);
  if (status == PANDIA_OK && is_dense) {
    complex_t m[16];
    status = matrix_of(me, op, m);
    if (status == PANDIA_OK && !is_unitary(m, 1u << pandia_op_qubit_count(op))) {
      status = PANDIA_E_NOT_UNITARY;
    }
  }
  return status;
}

static const char *words_of(pandia_status status) {
  switch (status) {
    case PANDIA_E_GATE_REFUSED: return "this gate is not known here; announce it with a matrix";
    case PANDIA_E_UNSUPPORTED: return "an operation that is not known here, and no hint";
    case PANDIA_E_ARGUMENT: return "the gate takes other numbers of qubits or parameters";
    case PANDIA_E_QUBIT_OUT_OF_RANGE: return "no such qubit; use a smaller index: qubits here: ";
    case PANDIA_E_SAME_QUBIT: return "a qubit is named twice; give different qubits";
    case PANDIA_E_NOT_FINITE: return "a parameter is no finite number; angles are radians";
    default: return "the matrix is not unitary; check its entries";
  }
}

/* ---- What operations do ---------------------------------------------------------------------- */

static void apply_matrix(simulator *me, const uint64_t *op, const complex_t *m) {
  uint32_t count = pandia_op_qubit_count(op), size = 1u << count, i, row, column;
  uint32_t bit[2] = {0, 0}, all;
  bit[0] = 1u << pandia_op_qubit(op, 0);
  if (count == 2u) bit[1] = 1u << pandia_op_qubit(op, 1);
  all = bit[0] | bit[1];
  for (i = 0; i < 1u << me->qubit_count; i++) {
    complex_t in[4];
    if ((i & all) != 0u) continue;
    for (row = 0; row < size; row++) {
      in[row] = me->amps[i | (row & 1u ? bit[0] : 0u) | (row & 2u ? bit[1] : 0u)];
    }
    for (row = 0; row < size; row++) {
      complex_t sum = {0.0, 0.0};
      for (column = 0; column < size; column++) {
        complex_t a = m[row * size + column], b = in[column];
        sum.re += a.re * b.re - a.im * b.im;
        sum.im += a.re * b.im + a.im * b.re;
      }
      me->amps[i | (row & 1u ? bit[0] : 0u) | (row & 2u ? bit[1] : 0u)] = sum;
    }
  }
}

static uint64_t measure(simulator *me, uint32_t qubit) {
  uint32_t i, bit = 1u << qubit, count = 1u << me->qubit_count;
  double one = 0.0, zero = 0.0, scale;
  uint64_t value;
  for (i = 0; i < count; i++) {
    double weight = me->amps[i].re * me->amps[i].re + me->amps[i].im * me->amps[i].im;
    if ((i & bit) != 0u) one += weight; else zero += weight;
  }
  /* Against the sum, so that rounding never makes a certain outcome uncertain. */
  value = pandia_stream_unit(&me->stream) * (zero + one) < one;
  scale = 1.0 / sqrt(value ? one : zero);
  for (i = 0; i < count; i++) {
    double keep = ((i & bit) != 0u) == (value != 0u) ? scale : 0.0;
    set(&me->amps[i], me->amps[i].re * keep, me->amps[i].im * keep);
  }
  return value;
}

static void flip(simulator *me, uint32_t qubit) {
  uint32_t i, bit = 1u << qubit;
  for (i = 0; i < 1u << me->qubit_count; i++) {
    complex_t amp = me->amps[i];
    if ((i & bit) != 0u) continue;
    me->amps[i] = me->amps[i | bit];
    me->amps[i | bit] = amp;
  }
}

/* ---- The table ------------------------------------------------------------------------------- */

static pandia_status id(void *me, pandia_text *out) {
  const pandia_text text = PANDIA_TEXT(ID);
  (void)me;
  *out = text;
  return PANDIA_OK;
}

static pandia_status query(void *self, pandia_info *out, pandia_err *err) {
  const simulator *me = self;
  (void)err;
  out->qubit_count = me->qubit_count;
  out->op_kinds = KINDS;
  out->caps = 0;
  out->threading = PANDIA_THREAD_SENDABLE;
  return PANDIA_OK;
}

static uint8_t verdict_on(simulator *me, const pandia_gate *gate, pandia_status *status) {
  uint32_t i;
  for (i = 0; i < sizeof BUILT_IN / sizeof BUILT_IN[0]; i++) {
    if (BUILT_IN[i].slot == gate->slot) {
      return pandia_text_is(gate->id, BUILT_IN[i].id) ? PANDIA_VERDICT_NATIVE
                                                      : PANDIA_VERDICT_REJECT;
    }
  }
  if (gate->slot < PANDIA_GATE_FIRST_USER || gate->matrix == NULL || gate->qubit_count < 1u ||
      gate->qubit_count > 2u) {
    return PANDIA_VERDICT_REJECT;
  }
  for (i = 0; i < me->user_gate_count; i++) {
    if (me->user_gates[i].slot == gate->slot) break;
  }
  if (i == USER_GATES_MAX) {
    *status = PANDIA_E_CAPACITY;
    return PANDIA_VERDICT_REJECT;
  }
  me->user_gates[i] = *gate;
  if (i == me->user_gate_count) me->user_gate_count++;
  return PANDIA_VERDICT_MATRIX;
}

static pandia_status negotiate(void *self, const pandia_gate_set *gates, uint8_t *verdicts,
                               uint32_t verdict_count, pandia_err *err) {
  simulator *me = self;
  pandia_status status = PANDIA_OK;
  uint32_t i;
  if (me->in_shot) {
    return pandia_fail(err, PANDIA_E_STATE, ID, PANDIA_NO_OP, "gates are announced between shots");
  }
  if (!PANDIA_FITS(gates, pandia_gate_set, gates) || gates->reserved0 != 0u) {
    return pandia_fail(err, PANDIA_E_INTERFACE, ID, PANDIA_NO_OP, "gates from later than this plugin");
  }
  if (verdict_count != gates->gate_count) {
    return pandia_fail(err, PANDIA_E_ARGUMENT, ID, PANDIA_NO_OP, "one verdict per gate is needed");
  }
  for (i = 0; i < verdict_count; i++) {
    if (pandia_gate_at(gates, i)->flags != 0u) {
      return pandia_fail(err, PANDIA_E_INTERFACE, ID, PANDIA_NO_OP, "a gate with unknown flags");
    }
  }
  for (i = 0; i < verdict_count; i++) {
    verdicts[i] = verdict_on(me, pandia_gate_at(gates, i), &status);
    if (status != PANDIA_OK) {
      return pandia_fail(err, status, ID, PANDIA_NO_OP, "there is room for 16 user gates");
    }
  }
  return PANDIA_OK;
}

static pandia_status shot_begin(void *self, uint64_t shot, uint64_t seed, pandia_err *err) {
  simulator *me = self;
  uint32_t i;
  if (me->in_shot) {
    return pandia_fail(err, PANDIA_E_STATE, ID, PANDIA_NO_OP, "a shot is running; end it first");
  }
  me->in_shot = 1;
  me->stream = pandia_stream_of(seed, shot, me->stream_id);
  for (i = 0; i < 1u << me->qubit_count; i++) set(&me->amps[i], i == 0u ? 1.0 : 0.0, 0.0);
  return PANDIA_OK;
}

static pandia_status apply(void *self, const pandia_batch *batch, pandia_results *results,
                           pandia_err *err) {
  simulator *me = self;
  const uint64_t *op;
  uint32_t i;
  if (!me->in_shot) {
    return pandia_fail(err, PANDIA_E_STATE, ID, PANDIA_NO_OP, "no shot is running; begin one first");
  }
  if (!PANDIA_FITS(batch, pandia_batch, words) || !PANDIA_FITS(results, pandia_results, items)) {
    return pandia_fail(err, PANDIA_E_INTERFACE, ID, PANDIA_NO_OP, "a batch from later than this plugin");
  }
  if (results->cap - results->len < batch->result_count) {
    return pandia_fail(err, PANDIA_E_CAPACITY, ID, PANDIA_NO_OP, "no room for the outcomes");
  }
  /* Who refuses has changed nothing: first all checks, then all work. */
  op = batch->words;
  for (i = 0; i < batch->op_count; i++, op = pandia_op_next(op)) {
    pandia_status status = check_op(me, op);
    if (status != PANDIA_OK) {
      pandia_fail(err, status, ID, i, words_of(status));
      if (status == PANDIA_E_QUBIT_OUT_OF_RANGE) pandia_err_number(err, me->qubit_count);
      return status;
    }
  }
  op = batch->words;
  for (i = 0; i < batch->op_count; i++, op = pandia_op_next(op)) {
    complex_t m[16];
    if (is_skipped(me, op)) continue;
    switch (pandia_op_kind(op)) {
      case PANDIA_OP_GATE:
        if (matrix_of(me, op, m) != PANDIA_OK) {
          return pandia_fail(err, PANDIA_E_BROKEN, ID, i, "a matrix function changed its mind");
        }
        apply_matrix(me, op, m);
        break;
      case PANDIA_OP_MEASURE:
        pandia_results_push(results, op, i, measure(me, pandia_op_qubit(op, 0)));
        break;
      case PANDIA_OP_RESET:
        if (measure(me, pandia_op_qubit(op, 0))) flip(me, pandia_op_qubit(op, 0));
        break;
      default: break; /* Idling and barriers do nothing to a state without noise. */
    }
  }
  return PANDIA_OK;
}

static pandia_status shot_end(void *self, pandia_err *err) {
  simulator *me = self;
  if (!me->in_shot) {
    return pandia_fail(err, PANDIA_E_STATE, ID, PANDIA_NO_OP, "no shot is running; begin one first");
  }
  me->in_shot = 0;
  return PANDIA_OK;
}

static void destroy(void *me) { (void)me; /* The memory is the host's, and there is nothing else. */ }

static const pandia_backend_vt VT = {
    sizeof(pandia_backend_vt), 0, id, query, negotiate, shot_begin, apply, shot_end, destroy,
    NULL, NULL, NULL, NULL, NULL, /* metric, state, state_digest, cancel, extension */
};

/* ---- The plugin ------------------------------------------------------------------------------ */

static pandia_status layout(const pandia_config *config, pandia_layout *out, pandia_err *err) {
  if (!PANDIA_FITS(config, pandia_config, settings) || config->reserved0 != 0u) {
    return pandia_fail(err, PANDIA_E_INTERFACE, ID, PANDIA_NO_OP,
                       "a configuration from later than this plugin; use a newer build of it");
  }
  if (config->setting_count > 0u) {
    return pandia_fail(err, PANDIA_E_CONFIG, ID, PANDIA_NO_OP, "there is nothing to set; "
                       "remove the settings");
  }
  if (config->qubit_count < 1u || config->qubit_count > QUBITS_MAX) {
    return pandia_fail(err, PANDIA_E_CAPACITY, ID, PANDIA_NO_OP, "simulates 1 to 12 qubits");
  }
  out->align = 16u;
  out->bytes = sizeof(simulator) + ((uint64_t)sizeof(complex_t) << config->qubit_count);
  return PANDIA_OK;
}

static pandia_status create(void *memory, uint64_t memory_bytes, const pandia_config *config,
                            const pandia_host *host, const pandia_backend *children,
                            uint32_t child_count, pandia_backend *out, pandia_err *err) {
  simulator *me = memory;
  pandia_layout needed = {sizeof(pandia_layout), 0, 0};
  pandia_status status = layout(config, &needed, err);
  (void)host;
  (void)children;
  if (status != PANDIA_OK) return status;
  if (child_count != 0u || !pandia_memory_fits(memory, memory_bytes, &needed)) {
    return pandia_fail(err, PANDIA_E_ARGUMENT, ID, PANDIA_NO_OP, "takes no child, and the memory "
                       "that layout says");
  }
  me->qubit_count = config->qubit_count;
  me->stream_id = config->stream;
  me->in_shot = 0;
  me->user_gate_count = 0;
  out->vt = &VT;
  out->me = me;
  return PANDIA_OK;
}

static const pandia_plugin SIMULATOR = {
    sizeof(pandia_plugin), PANDIA_KIND_SIMULATOR, 0,
    0, 0,                              /* children */
    0, sizeof(pandia_param), 0,        /* parameters */
    PANDIA_TEXT(ID), PANDIA_TEXT("1.0.0"),
    PANDIA_TEXT("A state vector of up to 12 qubits, in one file of C."),
    NULL, layout, create, NULL,
};
static const pandia_plugin *const PLUGINS[] = {&SIMULATOR};
const pandia_module pandia_module_v1 = PANDIA_MODULE_OF(PLUGINS);
