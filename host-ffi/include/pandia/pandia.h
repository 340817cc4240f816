/*
 * pandia.h - the plugin interface of Pandia, major version 1.
 *
 * C99, freestanding: needs <stdint.h> and <stddef.h> only. Also valid C11 and C++17.
 * A plugin is an instance pointer and a table of functions. Simulators, error models and taps have
 * one and the same table; a runtime has another. A module is a set of plugins behind one exported
 * symbol, `pandia_module_v1`, the same object in a dynamic library, linked in, or in flash.
 * How to write one: docs/writing-a-plugin.md. What may change: docs/abi.md.
 *
 * Rules for everything below:
 * - Structures begin with their size in bytes (a module with its magic, then its size). Read only
 *   what the size of the other side covers: PANDIA_COVERS. Fields are only ever appended. In a
 *   structure that you fill for a caller, its size is the caller's: write no further than that.
 * - A function is present if the size of its table covers it and it is not NULL: PANDIA_HAS.
 * - Fields named `reserved` are 0. One that is not asks for something from later than your header:
 *   refuse it with PANDIA_E_INTERFACE.
 * - A function gives back a status and nothing else: PANDIA_OK, or a negative code (see "Status").
 *   It writes its words and the failing operation into the caller's `pandia_err`, which may be NULL.
 * - The caller owns all memory that it passes, and it stays as it is during the call. The callee
 *   keeps no pointer to it unless the function's comment says so.
 * - Hot calls (`apply`) allocate nothing. `layout` says how much memory an instance takes, `create`
 *   builds it in place.
 * - Nothing unwinds, longjmps or throws across these functions, and no callee calls back into its
 *   caller other than through `pandia_host`.
 * - Text is UTF-8 with a length and needs no NUL. Angles are in radians, times in nanoseconds.
 * - Bit k of an amplitude's index is qubit k. A gate's matrix is row-major, 2^n times 2^n; bit j of
 *   its row and column index is operand j. Numbers are IEEE 754; memory is little-endian.
 *
 * Thread tags:
 *   [setup]  on the host's thread, never while an [exec] call is in progress.
 *   [exec]   one call at a time for a whole stack. The thread may change from call to call if every
 *            part of the stack is PANDIA_THREAD_SENDABLE; otherwise it is the one that created it.
 *   [quiet]  never while an [exec] call is in progress.
 *   [user]   of runtimes: the program's side, which may overlap with the runtime's own [exec] calls.
 *   [any]    from any thread at any time; must not block.
 *
 * Life of a backend: `create`; `negotiate` any number of times; then per shot `shot_begin`, any
 * number of `apply`, `shot_end`; at last `destroy`.
 *
 * This header is checked, not generated: host-ffi/tests/header.rs compares every structure, type,
 * offset and constant with the Rust side (docs/adr/0009-c-header.md).
 */
#ifndef PANDIA_H
#define PANDIA_H

#include <stddef.h>
#include <stdint.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "operation records are little-endian in memory; this target is big-endian"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Version ------------------------------------------------------------------------------- */

#define PANDIA_MAJOR 1 /* another major is another interface */
#define PANDIA_MINOR 0 /* counts what was appended */
#define PANDIA_MAGIC 0x41444e50u /* "PNDA", first word of a module */
#define PANDIA_MODULE_SYMBOL "pandia_module_v1" /* the one symbol that a module exports */

/* Whether the structure at `p`, of type `T`, has the field `f` in the eyes of who made it. */
#define PANDIA_COVERS(p, T, f) ((p)->size >= offsetof(T, f) + sizeof(((T *)0)->f))
/* Whether the table at `p` has the function `f`. */
#define PANDIA_HAS(p, T, f) (PANDIA_COVERS(p, T, f) && (p)->f != NULL)

#if defined(_WIN32)
#define PANDIA_EXPORT __declspec(dllexport)
#elif defined(__GNUC__)
#define PANDIA_EXPORT __attribute__((visibility("default")))
#else
#define PANDIA_EXPORT
#endif

/* ---- Status -------------------------------------------------------------------------------- */

/* 0: done. Negative: an error, whose range says what it costs. Never positive. */
typedef int32_t pandia_status;

#define PANDIA_OK 0
/* -1 to -99, refused: the call has changed nothing, the caller may go on. */
#define PANDIA_E_ARGUMENT (-1)            /* an argument makes no sense */
#define PANDIA_E_UNSUPPORTED (-2)         /* this part does not do that */
#define PANDIA_E_CAPACITY (-3)            /* something given is too small */
#define PANDIA_E_STATE (-4)               /* wrong time in the life cycle */
#define PANDIA_E_QUBIT_OUT_OF_RANGE (-5)  /* a qubit number beyond the register */
#define PANDIA_E_SAME_QUBIT (-6)          /* one operation names a qubit twice */
#define PANDIA_E_NOT_FINITE (-7)          /* a parameter is NaN or infinite */
#define PANDIA_E_NOT_A_PROBABILITY (-8)   /* not in 0 to 1 */
#define PANDIA_E_GATE_REFUSED (-9)        /* a gate that this part cannot do */
#define PANDIA_E_NOT_CLIFFORD (-10)       /* an angle that leaves the Clifford group */
#define PANDIA_E_NOT_UNITARY (-11)        /* a matrix that is not unitary */
#define PANDIA_E_RECORD (-12)             /* a record that is not well formed */
#define PANDIA_E_PROGRAM (-14)            /* a program that is not well formed */
#define PANDIA_E_CONFIG (-15)             /* an unknown setting, or a value that it does not take */
#define PANDIA_E_INTERFACE (-16)          /* the two sides of the interface do not fit */
/* -100 to -199, shot lost: only `shot_end` may follow; the next shot is good. */
#define PANDIA_E_IMPOSSIBLE (-101)        /* a postselected value has probability 0 */
#define PANDIA_E_DIVERGED (-102)          /* a recorded run and this one have parted */
#define PANDIA_E_PROGRAM_FAILED (-103)    /* the emulated program failed by itself */
#define PANDIA_E_STEP_LIMIT (-104)        /* more instructions than the bound */
#define PANDIA_E_ARITHMETIC (-105)        /* a division by zero and the like */
#define PANDIA_E_PARTIAL (-106)           /* a refusal after part of the batch was done */
#define PANDIA_E_OUTCOMES (-107)          /* an inner part gave outcomes that were not asked for */
/* -200 and below, instance lost: only `destroy` may follow. */
#define PANDIA_E_BROKEN (-200)            /* it panicked, or broke its own promise */

#define PANDIA_NO_OP UINT32_MAX           /* `op_index` of an error of no operation */

/* ---- Text and errors ----------------------------------------------------------------------- */

/* Text that the giver owns. NULL with length 0 is the empty text. */
typedef struct pandia_text {
  const uint8_t *at; /* the first byte */
  uint32_t len;      /* bytes */
  uint32_t reserved0;
} pandia_text;

/* A string literal as an initialiser of a pandia_text. */
#define PANDIA_TEXT(literal) { (const uint8_t *)(literal), (uint32_t)sizeof(literal) - 1u, 0u }

/* An error, in memory of the caller; the pointer to it may be NULL. "In" fields are the caller's. */
typedef struct pandia_err {
  uint32_t size;
  pandia_status code; /* out: the status that the call gives back */
  uint32_t op_index;  /* out: index of the operation in the batch of the call, or PANDIA_NO_OP */
  uint32_t text_cap;  /* in: bytes at `text` */
  uint32_t text_len;  /* out: bytes written to `text`: whole UTF-8 characters, no NUL */
  uint32_t layer_cap; /* in: bytes at `layer` */
  uint32_t layer_len; /* out: bytes written to `layer` */
  uint32_t reserved0;
  uint8_t *text;      /* in: where the words go; may be NULL with a cap of 0 */
  uint8_t *layer;     /* in: where the id of the part that raised the error goes: a copy, because
                         the part's own string may be gone after an unload */
} pandia_err;

/* ---- Operation records --------------------------------------------------------------------- */

/*
 * A record is whole 8-byte words, 8-byte aligned, free of pointers, the same bytes everywhere:
 *   word 0: bytes of the record u16 | kind u8 | flags u8 | gate u16 | qubit count u8 | param count u8
 *   word 1: qubit 0 u32 | qubit 1 u32; further qubits two to a word, padded with 0
 *   then one word per parameter: the bits of a double, or a u64
 * (first named is lowest). Read them by pandia_op_*, below. Word 1 is there without qubits, too.
 */
#define PANDIA_OP_GATE 1           /* `gate`: slot; parameters: double, as the gate takes them */
#define PANDIA_OP_MEASURE 2        /* in Z; one outcome, 0 or 1. Parameter: result id, u64 */
#define PANDIA_OP_RESET 3          /* to |0> */
#define PANDIA_OP_POSTSELECT 4     /* Parameter: 0 or 1, u64. Shot lost if it is impossible */
#define PANDIA_OP_MEASURE_LEAKED 5 /* as MEASURE, but a leaked qubit gives PANDIA_LEAKED */
#define PANDIA_OP_IDLE 6           /* Parameter: nanoseconds, u64 */
#define PANDIA_OP_CUSTOM 7         /* `gate`: tag; the rest is its own */
#define PANDIA_OP_CHANNEL 8        /* `gate`: number of the channel; parameters: double */
#define PANDIA_OP_BARRIER 9        /* before is before; nothing to do for a backend */

/* Bit `k` of a set of kinds. */
#define PANDIA_OP_BIT(kind) (UINT64_C(1) << (kind))

#define PANDIA_FLAG_HINT 1     /* who does not know it skips it; without it, the unknown is refused */
#define PANDIA_FLAG_INSERTED 2 /* inserted by a layer; the program did not ask for it */

#define PANDIA_QUBITS_MAX 255 /* of one record */
#define PANDIA_PARAMS_MAX 255 /* of one record */

/* Slots of the built-in gates. A = cos phi X + sin phi Y. Controls come first. */
#define PANDIA_GATE_PHASED_X 1   /* theta, phi: exp(-i theta/2 A) */
#define PANDIA_GATE_RZ 2         /* theta: exp(-i theta/2 Z) */
#define PANDIA_GATE_ZZ_PHASE 3   /* theta: exp(-i theta/2 Z Z) */
#define PANDIA_GATE_RX 4         /* theta: exp(-i theta/2 X) */
#define PANDIA_GATE_RY 5         /* theta: exp(-i theta/2 Y) */
#define PANDIA_GATE_XX_PHASE 6   /* theta: exp(-i theta/2 X X) */
#define PANDIA_GATE_YY_PHASE 7   /* theta: exp(-i theta/2 Y Y) */
#define PANDIA_GATE_PHASED_XX 8  /* theta, phi: exp(-i theta/2 A A) */
#define PANDIA_GATE_I 9
#define PANDIA_GATE_X 10
#define PANDIA_GATE_Y 11
#define PANDIA_GATE_Z 12
#define PANDIA_GATE_H 13
#define PANDIA_GATE_S 14         /* diag(1, i) */
#define PANDIA_GATE_SDG 15
#define PANDIA_GATE_T 16         /* diag(1, exp(i pi/4)) */
#define PANDIA_GATE_TDG 17
#define PANDIA_GATE_SX 18        /* square root of X */
#define PANDIA_GATE_SXDG 19
#define PANDIA_GATE_U3 20        /* theta, phi, lambda: U of OpenQASM */
#define PANDIA_GATE_PHASE 21     /* lambda: diag(1, exp(i lambda)) */
#define PANDIA_GATE_CX 22
#define PANDIA_GATE_CY 23
#define PANDIA_GATE_CZ 24
#define PANDIA_GATE_CH 25
#define PANDIA_GATE_SWAP 26
#define PANDIA_GATE_ISWAP 27     /* exchange, with i on what was exchanged */
#define PANDIA_GATE_CRZ 28       /* theta */
#define PANDIA_GATE_CPHASE 29    /* lambda: diag(1, 1, 1, exp(i lambda)) */
#define PANDIA_GATE_CCX 30
#define PANDIA_GATE_CSWAP 31
#define PANDIA_GATE_UNITARY_1Q 32 /* 8 parameters: re, im of the row-major matrix */
#define PANDIA_GATE_UNITARY_2Q 33 /* 32 parameters */
#define PANDIA_GATE_UNITARY_3Q 34 /* 128 parameters */
#define PANDIA_GATE_FIRST_USER 1024 /* from here on: the program's own gates */

/* Channels: what an error model sends to a backend with PANDIA_CAP_CHANNELS instead of drawing. */
#define PANDIA_CHANNEL_PAULI_1Q 1  /* probabilities of X, Y, Z */
#define PANDIA_CHANNEL_PAULI_2Q 2  /* 15 probabilities, 4 p1 + p0 from 1; p0 on operand 0, I X Y Z */
#define PANDIA_CHANNEL_KRAUS_1Q 3  /* Kraus operators, 8 parameters each */
#define PANDIA_CHANNEL_KRAUS_2Q 4  /* at most 7 Kraus operators, 32 parameters each */
#define PANDIA_CHANNEL_AMPLITUDE_DAMPING 5 /* probability that a |1> decays */
#define PANDIA_CHANNEL_DEPOLARIZING 6 /* any number of qubits; probability of any other than I */

/* ---- Batches and outcomes ------------------------------------------------------------------ */

/*
 * Operations to carry out in order. The caller has checked that the records are whole and that the
 * counts are right, or passes on somebody's who has; whether gates, qubits, angles make sense is
 * for the callee to check. All of it stays as it is until the call returns.
 */
typedef struct pandia_batch {
  uint32_t size;
  uint32_t op_count;     /* operations */
  uint32_t result_count; /* of them, those that bear an outcome: lack of room comes before op 0 */
  uint32_t word_count;   /* length of `words` in 8-byte words */
  uint64_t start_ns;     /* scheduled start, from the start of the shot */
  uint64_t length_ns;    /* scheduled length */
  uint32_t issuer;       /* 0 the program, otherwise the low half of the inserting layer's stream */
  uint32_t depth;        /* how many layers inserted operations above it */
  const uint64_t *words; /* the records */
} pandia_batch;

#define PANDIA_LEAKED 2 /* value of an outcome: the qubit has leaked */

/* The outcome of one result-bearing operation. */
typedef struct pandia_outcome {
  uint64_t id;       /* the result id that the operation named */
  uint64_t value;    /* 0, 1 or PANDIA_LEAKED */
  uint8_t kind;      /* kind of the operation */
  uint8_t flags;     /* 0 */
  uint16_t reserved0;
  uint32_t op_index; /* index of the operation in the batch of the call */
} pandia_outcome;

/* Where outcomes go: the callee writes items[len] and after, below `cap`, and moves `len`. It may
   edit what it (or its child) has just written; what was there before the call is not its own. */
typedef struct pandia_results {
  uint32_t size;
  uint32_t cap;  /* in: places at `items` */
  uint32_t len;  /* in and out: places taken */
  uint32_t reserved0;
  pandia_outcome *items; /* initialised, with any bytes */
} pandia_results;

/* ---- Gates: the id is the identity, the slot the wire form, the matrix the meaning ---------- */

/*
 * Writes the matrix of a gate. [any] Pure; valid as long as who announced it.
 * context: as announced. params, param_count: the parameters, finite. re_im, re_im_count: place for
 * exactly 2 * 4^n numbers, re and im in turn, row-major.
 * Errors: PANDIA_E_ARGUMENT if a count is not the gate's.
 */
typedef pandia_status (*pandia_matrix_fn)(const void *context, const double *params,
                                          uint32_t param_count, double *re_im,
                                          uint32_t re_im_count);

/* One gate that may come. */
typedef struct pandia_gate {
  uint16_t slot;       /* how records call it; below 1024 the numbers above */
  uint8_t qubit_count;
  uint8_t param_count;
  uint32_t flags;      /* 0 */
  pandia_text id;      /* the identity, with its revision: "pandia.rz/1" */
  pandia_matrix_fn matrix; /* the meaning; NULL for a built-in or an opaque gate */
  const void *matrix_context; /* handed to `matrix` */
} pandia_gate;

/* The gates that a caller announces in one call. Walk them by pandia_gate_at. */
typedef struct pandia_gate_set {
  uint32_t size;
  uint32_t gate_count;
  uint32_t gate_bytes; /* from one gate to the next: the announcer's sizeof(pandia_gate) */
  uint32_t reserved0;
  const pandia_gate *gates;
} pandia_gate_set;

#define PANDIA_VERDICT_REJECT 0  /* cannot be done here */
#define PANDIA_VERDICT_NATIVE 1  /* done as it is */
#define PANDIA_VERDICT_MATRIX 2  /* done through its matrix */
#define PANDIA_VERDICT_LOWERED 3 /* done as a sequence of other gates */

/* ---- What a backend says of itself --------------------------------------------------------- */

#define PANDIA_THREAD_PINNED 0   /* only from the thread that created it */
#define PANDIA_THREAD_SENDABLE 1 /* from any thread, one at a time */

#define PANDIA_CAP_CHANNELS 1 /* applies channels exactly */
#define PANDIA_CAP_STATE 2    /* answers `state` and `state_digest` */
#define PANDIA_CAP_LEAKAGE 4  /* tells leaked qubits apart */

/* What an instance can do. All zero before the call, but for the size. */
typedef struct pandia_info {
  uint32_t size;
  uint32_t qubit_count; /* qubits are 0 to qubit_count - 1 */
  uint64_t op_kinds;    /* PANDIA_OP_BIT of every kind it takes */
  uint64_t caps;        /* PANDIA_CAP_* */
  uint32_t threading;   /* PANDIA_THREAD_* */
  uint32_t reserved0;
} pandia_info;

#define PANDIA_METRIC_END 0     /* there is no metric of this index, nor any after it */
#define PANDIA_METRIC_COUNTER 1 /* added up over shots; `value` is a u64 */
#define PANDIA_METRIC_GAUGE 2   /* a level; `value` is the bits of a double */

/* A named number. The texts are the callee's and stay until the next call that is not [quiet]. */
typedef struct pandia_metric {
  uint32_t size;
  uint32_t kind; /* PANDIA_METRIC_* */
  uint64_t value;
  pandia_text part; /* the id of whose it is */
  pandia_text name; /* what it counts or measures, with its unit last */
} pandia_metric;

#define PANDIA_STATE_PROBABILITIES 1 /* of the 2^k values of the k qubits listed: 2^k numbers */
#define PANDIA_STATE_AMPLITUDES 2    /* where all others are 0: 2 * 2^k numbers, re and im in turn */

/* What to know of a state. Bit j of an answer's index is the j-th qubit listed. */
typedef struct pandia_state_query {
  uint32_t size;
  uint32_t kind; /* PANDIA_STATE_* */
  uint32_t qubit_count;
  uint32_t reserved0;
  const uint32_t *qubits;
} pandia_state_query;

/* ---- The table of simulators, error models and taps ------------------------------------------ */

struct pandia_backend_vt;

/* A backend: a table and an instance. */
typedef struct pandia_backend {
  const struct pandia_backend_vt *vt; /* lives as long as the instance */
  void *me;                           /* handed to every function */
} pandia_backend;

typedef struct pandia_backend_vt {
  uint32_t size; /* sizeof(pandia_backend_vt), as its maker knows it */
  uint32_t reserved0;

  /* [quiet] Writes the id that errors are signed with: 1 to 48 bytes. The text is the instance's and
     lives as long as it. Required since 1.0. */
  pandia_status (*id)(void *me, pandia_text *out);

  /* [quiet] Writes what this instance can do; a layer asks its child and edits the copy, never
     adding what the child does not have. Required since 1.0. */
  pandia_status (*query)(void *me, pandia_info *out, pandia_err *err);

  /* [setup] Announces gates and asks what becomes of each: one PANDIA_VERDICT_* for each in
     `verdicts`, which is the caller's and has `verdict_count` places. Between shots only; sets add
     up. A refused gate is a verdict, not an error. A layer asks its child, and announces what it
     inserts by a call of its own. Texts in the set are not kept; a matrix function may be.
     Errors: ARGUMENT if the counts differ, STATE in a shot, CAPACITY if there are too many gates of
     the program's own. Required since 1.0. */
  pandia_status (*negotiate)(void *me, const pandia_gate_set *gates, uint8_t *verdicts,
                             uint32_t verdict_count, pandia_err *err);

  /* [exec] Begins shot number `shot` of the run seeded by `seed`: all qubits |0>, the random stream
     at its start, which follows from seed, shot and the configuration's `stream` alone
     (pandia/random.h does that). Errors: STATE if a shot is running. Required since 1.0. */
  pandia_status (*shot_begin)(void *me, uint64_t shot, uint64_t seed, pandia_err *err);

  /* [exec] Carries out the batch and appends one outcome for each result-bearing operation, in
     order. Errors: STATE outside a shot or in a lost one; CAPACITY if the outcomes have no room;
     for an operation, in this order: GATE_REFUSED, UNSUPPORTED, ARGUMENT (counts),
     QUBIT_OUT_OF_RANGE, SAME_QUBIT, NOT_FINITE, NOT_UNITARY; IMPOSSIBLE. Who refuses has changed
     nothing and given no outcome, so check the whole batch first; `err->op_index` says which
     operation. Allocates nothing. Required since 1.0. */
  pandia_status (*apply)(void *me, const pandia_batch *batch, pandia_results *results,
                         pandia_err *err);

  /* [exec] Ends the shot, also a lost one. Errors: STATE if none is running. Required since 1.0. */
  pandia_status (*shot_end)(void *me, pandia_err *err);

  /* [setup] Ends the instance: releases what it holds, but not its memory and not its child. Called
     once, by who created it. Required since 1.0. */
  void (*destroy)(void *me);

  /* [quiet] Writes the metric of this index, or one of kind PANDIA_METRIC_END; a layer's own come
     first, then its child's. Optional since 1.0; default: none. */
  pandia_status (*metric)(void *me, uint32_t index, pandia_metric *out);

  /* [quiet] Writes numbers of the state to `out`, of which there is place for `out_count`, the exact
     number. Errors: UNSUPPORTED, CAPACITY or ARGUMENT if the count is wrong, QUBIT_OUT_OF_RANGE,
     SAME_QUBIT, STATE outside a shot. Optional since 1.0; default: unsupported. */
  pandia_status (*state)(void *me, const pandia_state_query *query, double *out,
                         uint64_t out_count, pandia_err *err);

  /* [quiet] Writes FNV-1a (64 bit) over the state's little-endian bytes in index order.
     Errors: UNSUPPORTED. Optional since 1.0; default: unsupported. */
  pandia_status (*state_digest)(void *me, uint64_t *out, pandia_err *err);

  /* [any] Asks a call in progress to return early; a request, not a promise. Without one nothing
     happens. A layer has this function exactly if its child has, and asks it. Errors: UNSUPPORTED.
     Optional since 1.0; default: nothing. */
  pandia_status (*cancel)(void *me);

  /* [setup] Writes the table of the extension called `id`, or NULL. It lives as long as the
     instance. A layer does not pass on an extension that it does not know.
     Optional since 1.0; default: none. */
  pandia_status (*extension)(void *me, const pandia_text *id, const void **out);
} pandia_backend_vt;

/* ---- Configuration and memory ---------------------------------------------------------------- */

#define PANDIA_VALUE_NONE 0
#define PANDIA_VALUE_REAL 1  /* `bits`: of a double */
#define PANDIA_VALUE_WHOLE 2 /* `bits`: a u64 */
#define PANDIA_VALUE_TEXT 3  /* `text` */

/* One setting. */
typedef struct pandia_setting {
  uint64_t bits; /* the number, by `kind` */
  uint32_t kind; /* PANDIA_VALUE_* */
  uint32_t reserved0;
  pandia_text key;  /* the parameter's name */
  pandia_text text; /* the text, by `kind` */
} pandia_setting;

/* What a part is built with: valid during the call only, texts included. */
typedef struct pandia_config {
  uint32_t size;
  uint32_t qubit_count;   /* how many qubits there will be */
  uint64_t stream;        /* the random stream to draw from */
  uint32_t result_count;  /* result ids will be below this */
  uint32_t setting_count;
  uint32_t setting_bytes; /* from one setting to the next: the host's sizeof(pandia_setting) */
  uint32_t reserved0;
  const pandia_setting *settings; /* of equal keys the last counts; walk by pandia_setting_at */
} pandia_config;

/* How much memory an instance needs. All zero before the call, but for the size. */
typedef struct pandia_layout {
  uint32_t size;
  uint32_t align; /* a power of two, at most 4096 */
  uint64_t bytes;
} pandia_layout;

/* Services of the host: live as long as the instance. The pointer to it may be NULL, and so may
   each function: a small target has none. */
typedef struct pandia_host {
  uint32_t size;
  uint32_t minor; /* the minor version that the host was built with */
  void *me;       /* handed to every service */
  /* [any] Writes nanoseconds of wall-clock time from an arbitrary start. */
  pandia_status (*now_ns)(void *me, uint64_t *out);
  /* [any] Logs a line. level: 1 error, 2 warning, 3 info, 4 debug. utf8, len: the line. */
  pandia_status (*log)(void *me, uint32_t level, const uint8_t *utf8, uint32_t len);
  /* [setup] Writes the address of so many bytes, aligned, uninitialised. Yours until `free`.
     Errors: CAPACITY. */
  pandia_status (*alloc)(void *me, uint64_t bytes, uint32_t align, void **out);
  /* [setup] Gives memory of `alloc` back. */
  void (*free)(void *me, void *at);
} pandia_host;

/* ---- The table of runtimes ------------------------------------------------------------------- */

struct pandia_runtime_vt;

/* A runtime: a table and an instance. It takes operations in program order and drives a stack. */
typedef struct pandia_runtime {
  const struct pandia_runtime_vt *vt; /* lives as long as the instance */
  void *me;                           /* handed to every function */
} pandia_runtime;

#define PANDIA_NOT_YET UINT64_MAX /* of `result`: not there yet */

typedef struct pandia_runtime_vt {
  uint32_t size; /* sizeof(pandia_runtime_vt), as its maker knows it */
  uint32_t reserved0;

  /* [quiet] As a backend's. Required since 1.0. */
  pandia_status (*id)(void *me, pandia_text *out);

  /* [setup] Takes over a stack. The pair is copied, what it points to outlives the attachment; from
     here to `detach` only the runtime calls it. `config` is the one of `layout` and `create` again.
     own_thread 1 is a permission, never a command: [exec] and [quiet] calls may come from a thread of
     the runtime's own, one at a time; [setup] calls still come from the host's. Who needs it refuses 0
     by name; everybody refuses 1 over a stack that is PANDIA_THREAD_PINNED. A host gives 1 exactly if
     every part of the stack is PANDIA_THREAD_SENDABLE.
     Errors: STATE if a stack is attached. Required since 1.0. */
  pandia_status (*attach)(void *me, const pandia_backend *stack, const pandia_config *config,
                          uint32_t own_thread, pandia_err *err);

  /* [setup] Gives the stack back, also in the middle of a shot and after errors: what is held back is
     left out, a call in flight is waited for, and when this returns there are no more, from any thread.
     Errors: STATE if none is attached. Required since 1.0. */
  pandia_status (*detach)(void *me, pandia_err *err);

  /* [quiet] What the stack can do. Errors: STATE if none is attached. Required since 1.0. */
  pandia_status (*query)(void *me, pandia_info *out, pandia_err *err);

  /* [setup] As a backend's: asks the stack. Required since 1.0. */
  pandia_status (*negotiate)(void *me, const pandia_gate_set *gates, uint8_t *verdicts,
                             uint32_t verdict_count, pandia_err *err);

  /* [user] Begins a shot, here and in the stack. Required since 1.0. */
  pandia_status (*shot_begin)(void *me, uint64_t shot, uint64_t seed, pandia_err *err);

  /* [user] Takes over the operations of a batch: carries them out or keeps a copy. Its times mean
     nothing yet: the runtime schedules. Errors: as `apply`. What fails after this has returned is
     told by `result` or `shot_end`, as a lost shot. Required since 1.0. */
  pandia_status (*submit)(void *me, const pandia_batch *batch, pandia_err *err);

  /* [user] Writes the result of the latest measurement with this id: 0, 1 or 2. wait 1: whatever it
     depends on is carried out first; 0: PANDIA_NOT_YET says that it is not there.
     Errors: ARGUMENT if no such measurement was submitted in this shot. Required since 1.0. */
  pandia_status (*result)(void *me, uint64_t id, uint32_t wait, uint64_t *out, pandia_err *err);

  /* [user] Carries out what is held back and ends the shot, here and in the stack.
     Required since 1.0. */
  pandia_status (*shot_end)(void *me, pandia_err *err);

  /* [setup] Ends the instance, detaching it first if need be. Required since 1.0. */
  void (*destroy)(void *me);

  /* [quiet] As a backend's. Optional since 1.0; default: none. */
  pandia_status (*metric)(void *me, uint32_t index, pandia_metric *out);

  /* [setup] As a backend's. Optional since 1.0; default: none. */
  pandia_status (*extension)(void *me, const pandia_text *id, const void **out);
} pandia_runtime_vt;

/* ---- Plugins and modules --------------------------------------------------------------------- */

#define PANDIA_PARAM_REAL 1        /* a real number from `min` to `max`, both bits of a double */
#define PANDIA_PARAM_PROBABILITY 2 /* a real number from 0 to 1 */
#define PANDIA_PARAM_WHOLE 3       /* a whole number from `min` to `max` */
#define PANDIA_PARAM_CHOICE 4      /* one of `choices` */
#define PANDIA_PARAM_TEXT 5

/* One published parameter: what a setting may be. Constant, like all of the plugin. */
typedef struct pandia_param {
  uint64_t min;
  uint64_t max;
  uint64_t default_bits; /* the default number, by `default_kind` */
  uint32_t kind;         /* PANDIA_PARAM_* */
  uint32_t default_kind; /* PANDIA_VALUE_*; NONE if one must be given */
  uint32_t choice_count;
  uint32_t reserved0;
  pandia_text name; /* one that ends in `*` stands for a family */
  pandia_text unit; /* "rad", "ns"; "1" for a pure number */
  pandia_text help; /* one line */
  pandia_text default_text;   /* the default text, by `default_kind` */
  const pandia_text *choices; /* the words of a choice */
  const void *reserved1;      /* NULL */
} pandia_param;

/*
 * [setup] Writes how much memory an instance of this configuration needs. Pure.
 * Errors: CONFIG for unknown settings and values that they do not take, CAPACITY.
 */
typedef pandia_status (*pandia_layout_fn)(const pandia_config *config, pandia_layout *out,
                                          pandia_err *err);

/*
 * [setup] Builds a backend in `memory`, uninitialised, of at least the bytes and the alignment that
 * `layout` said for this configuration; the caller's, and lent until `destroy` has returned.
 * children, child_count: as many as the plugin's kind takes; copy the pairs: what they point to
 * outlives the instance, which alone calls them. host: services, may be NULL; lives as long.
 * out: the new pair. On an error nothing is left behind and `destroy` is not called.
 */
typedef pandia_status (*pandia_create_fn)(void *memory, uint64_t memory_bytes,
                                          const pandia_config *config, const pandia_host *host,
                                          const pandia_backend *children, uint32_t child_count,
                                          pandia_backend *out, pandia_err *err);

/* [setup] Builds a runtime: as pandia_create_fn, without children. */
typedef pandia_status (*pandia_create_runtime_fn)(void *memory, uint64_t memory_bytes,
                                                  const pandia_config *config,
                                                  const pandia_host *host, pandia_runtime *out,
                                                  pandia_err *err);

#define PANDIA_KIND_SIMULATOR 1   /* no child */
#define PANDIA_KIND_ERROR_MODEL 2 /* one child */
#define PANDIA_KIND_TAP 3         /* one child; changes nothing */
#define PANDIA_KIND_RUNTIME 4     /* drives a stack */

/* One plugin: a part's description and how it is built. */
typedef struct pandia_plugin {
  uint32_t size;
  uint16_t kind;  /* PANDIA_KIND_* */
  uint16_t flags; /* 0 */
  uint16_t children_min; /* 0 for a simulator or a runtime, 1 for a layer */
  uint16_t children_max;
  uint32_t param_count;
  uint32_t param_bytes; /* from one parameter to the next: sizeof(pandia_param) */
  uint32_t reserved0;
  pandia_text id; /* the identity: "com.acme.drift"; letters, digits and . _ - /, at most 48 */
  pandia_text version; /* the part's own */
  pandia_text summary; /* one line that says what it does */
  const pandia_param *params;
  pandia_layout_fn layout;                 /* required since 1.0 */
  pandia_create_fn create;                 /* required since 1.0, unless it is a runtime */
  pandia_create_runtime_fn create_runtime; /* required since 1.0 if it is a runtime */
} pandia_plugin;

/* A set of plugins. */
typedef struct pandia_module {
  uint32_t magic; /* PANDIA_MAGIC */
  uint32_t size;
  uint16_t major; /* PANDIA_MAJOR */
  uint16_t minor; /* PANDIA_MINOR of the header that it was built with */
  uint16_t min_host_minor; /* the oldest minor version of a host that it can live with */
  uint16_t reserved0;
  uint32_t plugin_count;
  uint32_t reserved1;
  const pandia_plugin *const *plugins;
} pandia_module;

/* What a module exports, and all that it need export. */
extern PANDIA_EXPORT const pandia_module pandia_module_v1;

/* Initialiser of a module of the plugins in this array of pointers, built with this header. */
#define PANDIA_MODULE_OF(array)                                                                  \
  {                                                                                              \
    PANDIA_MAGIC, (uint32_t)sizeof(pandia_module), PANDIA_MAJOR, PANDIA_MINOR, 0u, 0u,           \
        (uint32_t)(sizeof(array) / sizeof((array)[0])), 0u, (array)                              \
  }

/* ---- Reading records ------------------------------------------------------------------------- */

/* All take a record's first word, of a batch that was checked. */
static inline uint32_t pandia_op_bytes(const uint64_t *op) { return (uint32_t)(op[0] & 0xffffu); }
static inline uint8_t pandia_op_kind(const uint64_t *op) { return (uint8_t)(op[0] >> 16 & 0xffu); }
static inline uint8_t pandia_op_flags(const uint64_t *op) { return (uint8_t)(op[0] >> 24 & 0xffu); }
static inline uint16_t pandia_op_gate(const uint64_t *op) {
  return (uint16_t)(op[0] >> 32 & 0xffffu);
}
static inline uint32_t pandia_op_qubit_count(const uint64_t *op) {
  return (uint32_t)(op[0] >> 48 & 0xffu);
}
static inline uint32_t pandia_op_param_count(const uint64_t *op) { return (uint32_t)(op[0] >> 56); }

/* The record after this one. */
static inline const uint64_t *pandia_op_next(const uint64_t *op) {
  return op + pandia_op_bytes(op) / 8u;
}

/* Qubit number `operand`, which must be below the qubit count. */
static inline uint32_t pandia_op_qubit(const uint64_t *op, uint32_t operand) {
  return (uint32_t)(op[1u + operand / 2u] >> (operand % 2u * 32u) & 0xffffffffu);
}

/* Words of a record with so many qubits and parameters. */
static inline uint32_t pandia_op_words(uint32_t qubit_count, uint32_t param_count) {
  return 1u + (qubit_count <= 2u ? 1u : (qubit_count + 1u) / 2u) + param_count;
}

/* Parameter `index` as a u64; must be below the parameter count. */
static inline uint64_t pandia_op_param_u64(const uint64_t *op, uint32_t index) {
  return op[pandia_op_bytes(op) / 8u - pandia_op_param_count(op) + index];
}

/* The double with these bits, and back. */
static inline double pandia_f64_of(uint64_t bits) {
  double value = 0.0;
  size_t i;
  for (i = 0; i < sizeof value; i++) ((uint8_t *)&value)[i] = ((const uint8_t *)&bits)[i];
  return value;
}
static inline uint64_t pandia_bits_of(double value) {
  uint64_t bits = 0;
  size_t i;
  for (i = 0; i < sizeof bits; i++) ((uint8_t *)&bits)[i] = ((const uint8_t *)&value)[i];
  return bits;
}

/* Parameter `index` as a double; must be below the parameter count. */
static inline double pandia_op_param_f64(const uint64_t *op, uint32_t index) {
  return pandia_f64_of(pandia_op_param_u64(op, index));
}

/* Whether each operation of this kind bears exactly one outcome. */
static inline int pandia_op_bears_result(uint8_t kind) {
  return kind == PANDIA_OP_MEASURE || kind == PANDIA_OP_MEASURE_LEAKED;
}

/* Appends the outcome of operation number `op_index`. Check the room first: this one refuses only,
   with PANDIA_E_CAPACITY. */
static inline pandia_status pandia_results_push(pandia_results *results, const uint64_t *op,
                                                uint32_t op_index, uint64_t value) {
  pandia_outcome *item;
  if (results->len >= results->cap) return PANDIA_E_CAPACITY;
  item = &results->items[results->len++];
  item->id = pandia_op_param_u64(op, 0u);
  item->value = value;
  item->kind = pandia_op_kind(op);
  item->flags = 0u;
  item->reserved0 = 0u;
  item->op_index = op_index;
  return PANDIA_OK;
}

/* ---- Writing records ------------------------------------------------------------------------- */

/*
 * Writes one record at `words`, of which there are `cap`, and gives back its length in words, or 0
 * if it does not fit or has more than 255 qubits or parameters. `params` are raw words: use
 * pandia_bits_of for doubles. Pointers may be NULL where the count is 0.
 */
static inline uint32_t pandia_op_write(uint64_t *words, uint32_t cap, uint8_t kind, uint8_t flags,
                                       uint16_t gate, const uint32_t *qubits, uint32_t qubit_count,
                                       const uint64_t *params, uint32_t param_count) {
  uint32_t i, length;
  if (qubit_count > PANDIA_QUBITS_MAX || param_count > PANDIA_PARAMS_MAX) return 0u;
  length = pandia_op_words(qubit_count, param_count);
  if (length > cap) return 0u;
  words[0] = (uint64_t)length * 8u | (uint64_t)kind << 16 | (uint64_t)flags << 24 |
             (uint64_t)gate << 32 | (uint64_t)qubit_count << 48 | (uint64_t)param_count << 56;
  for (i = 1u; i < length - param_count; i++) words[i] = 0u;
  for (i = 0u; i < qubit_count; i++) words[1u + i / 2u] |= (uint64_t)qubits[i] << (i % 2u * 32u);
  for (i = 0u; i < param_count; i++) words[length - param_count + i] = params[i];
  return length;
}

/* ---- Walking what may have grown -------------------------------------------------------------- */

/*
 * Whether the structure at `at`, of `known` bytes in this header, has at least `needed` of them and
 * asks for nothing from later: what lies behind is 0. If it does not fit, refuse the call with
 * PANDIA_E_INTERFACE. Use PANDIA_FITS.
 */
static inline int pandia_fits(const void *at, size_t needed, size_t known) {
  size_t i;
  if (at == NULL || *(const uint32_t *)at < needed || *(const uint32_t *)at > 65536u) return 0;
  for (i = known; i < *(const uint32_t *)at; i++) {
    if (((const uint8_t *)at)[i] != 0u) return 0;
  }
  return 1;
}

/* Whether the structure at `p`, of type `T`, fits as far as the field `last`. */
#define PANDIA_FITS(p, T, last)                                                                  \
  pandia_fits((p), offsetof(T, last) + sizeof(((T *)0)->last), sizeof(T))

/* Whether the memory that `create` was given is what `layout` asked for. */
static inline int pandia_memory_fits(const void *memory, uint64_t memory_bytes,
                                     const pandia_layout *needed) {
  return memory != NULL && (uintptr_t)memory % needed->align == 0u && memory_bytes >= needed->bytes;
}

/* Gate number `index` of the set; must be below its count. */
static inline const pandia_gate *pandia_gate_at(const pandia_gate_set *set, uint32_t index) {
  return (const pandia_gate *)(const void *)((const uint8_t *)(const void *)set->gates +
                                             (size_t)index * set->gate_bytes);
}

/* Setting number `index` of the configuration; must be below its count. */
static inline const pandia_setting *pandia_setting_at(const pandia_config *config, uint32_t index) {
  return (const pandia_setting *)(const void *)((const uint8_t *)(const void *)config->settings +
                                                (size_t)index * config->setting_bytes);
}

/* Whether the text is the same as the NUL-terminated one. */
static inline int pandia_text_is(pandia_text text, const char *other) {
  uint32_t i;
  for (i = 0u; i < text.len; i++) {
    if (other[i] == '\0' || text.at[i] != (uint8_t)other[i]) return 0;
  }
  return other[text.len] == '\0';
}

/* The last setting with this key, or NULL. */
static inline const pandia_setting *pandia_setting_find(const pandia_config *config,
                                                        const char *key) {
  uint32_t i = config->setting_count;
  while (i-- > 0u) {
    const pandia_setting *setting = pandia_setting_at(config, i);
    if (pandia_text_is(setting->key, key)) return setting;
  }
  return NULL;
}

/* ---- Raising errors ---------------------------------------------------------------------------- */

/* Adds to a text of which `len` of `cap` bytes are taken, cut between characters. */
static inline void pandia_append(uint8_t *to, uint32_t cap, uint32_t *len, const char *text) {
  while (*text != '\0') {
    uint32_t bytes = 1u, i;
    while (((uint8_t)text[bytes] & 0xc0u) == 0x80u) bytes++;
    if (to == NULL || bytes > cap - *len) return;
    for (i = 0u; i < bytes; i++) to[*len + i] = (uint8_t)text[i];
    *len += bytes;
    text += bytes;
  }
}

/* Adds words to the error that was raised by pandia_fail. `err` may be NULL. */
static inline void pandia_err_text(pandia_err *err, const char *text) {
  if (err != NULL) pandia_append(err->text, err->text_cap, &err->text_len, text);
}

/* Adds a number. */
static inline void pandia_err_number(pandia_err *err, uint64_t number) {
  char digits[21];
  uint32_t at = 20u;
  digits[at] = '\0';
  do {
    digits[--at] = (char)('0' + (int)(number % 10u));
    number /= 10u;
  } while (number > 0u);
  pandia_err_text(err, &digits[at]);
}

/*
 * Fills in an error and gives its code back: `return pandia_fail(err, ...)`.
 * layer: the id of the part that raises it. op_index: which operation, or PANDIA_NO_OP. text: what
 * happened, the limit, the way out. `err` may be NULL.
 */
static inline pandia_status pandia_fail(pandia_err *err, pandia_status code, const char *layer,
                                        uint32_t op_index, const char *text) {
  if (err != NULL) {
    err->code = code;
    err->op_index = op_index;
    err->text_len = 0u;
    err->layer_len = 0u;
    pandia_append(err->layer, err->layer_cap, &err->layer_len, layer);
    pandia_err_text(err, text);
  }
  return code;
}

/* ---- Sizes and offsets, asserted ---------------------------------------------------------------- */

#define PANDIA_ASSERT_(T, what, is) typedef char pandia_assert_##T##_##what[(is) ? 1 : -1]
#define PANDIA_BY_WIDTH_(on64, on32) (sizeof(void *) == 8 ? (on64) : (on32))
#define PANDIA_SIZE_(T, on64, on32)                                                              \
  PANDIA_ASSERT_(T, whole, sizeof(T) == PANDIA_BY_WIDTH_(on64, on32))
#define PANDIA_AT_(T, f, on64, on32)                                                             \
  PANDIA_ASSERT_(T, f, offsetof(T, f) == PANDIA_BY_WIDTH_(on64, on32))

PANDIA_SIZE_(pandia_text, 16, 12);
PANDIA_AT_(pandia_text, at, 0, 0);
PANDIA_AT_(pandia_text, len, 8, 4);
PANDIA_AT_(pandia_text, reserved0, 12, 8);
PANDIA_SIZE_(pandia_err, 48, 40);
PANDIA_AT_(pandia_err, code, 4, 4);
PANDIA_AT_(pandia_err, op_index, 8, 8);
PANDIA_AT_(pandia_err, text_cap, 12, 12);
PANDIA_AT_(pandia_err, text_len, 16, 16);
PANDIA_AT_(pandia_err, layer_cap, 20, 20);
PANDIA_AT_(pandia_err, layer_len, 24, 24);
PANDIA_AT_(pandia_err, reserved0, 28, 28);
PANDIA_AT_(pandia_err, text, 32, 32);
PANDIA_AT_(pandia_err, layer, 40, 36);
PANDIA_ASSERT_(pandia_batch, whole,
               sizeof(pandia_batch) == 48 || sizeof(pandia_batch) == 44); /* i386 aligns u64 to 4 */
PANDIA_AT_(pandia_batch, op_count, 4, 4);
PANDIA_AT_(pandia_batch, result_count, 8, 8);
PANDIA_AT_(pandia_batch, word_count, 12, 12);
PANDIA_AT_(pandia_batch, start_ns, 16, 16);
PANDIA_AT_(pandia_batch, length_ns, 24, 24);
PANDIA_AT_(pandia_batch, issuer, 32, 32);
PANDIA_AT_(pandia_batch, depth, 36, 36);
PANDIA_AT_(pandia_batch, words, 40, 40);
PANDIA_SIZE_(pandia_results, 24, 20);
PANDIA_AT_(pandia_results, cap, 4, 4);
PANDIA_AT_(pandia_results, len, 8, 8);
PANDIA_AT_(pandia_results, reserved0, 12, 12);
PANDIA_AT_(pandia_results, items, 16, 16);
PANDIA_SIZE_(pandia_gate, 40, 28);
PANDIA_AT_(pandia_gate, slot, 0, 0);
PANDIA_AT_(pandia_gate, qubit_count, 2, 2);
PANDIA_AT_(pandia_gate, param_count, 3, 3);
PANDIA_AT_(pandia_gate, flags, 4, 4);
PANDIA_AT_(pandia_gate, id, 8, 8);
PANDIA_AT_(pandia_gate, matrix, 24, 20);
PANDIA_AT_(pandia_gate, matrix_context, 32, 24);
PANDIA_SIZE_(pandia_gate_set, 24, 20);
PANDIA_AT_(pandia_gate_set, gate_count, 4, 4);
PANDIA_AT_(pandia_gate_set, gate_bytes, 8, 8);
PANDIA_AT_(pandia_gate_set, reserved0, 12, 12);
PANDIA_AT_(pandia_gate_set, gates, 16, 16);
PANDIA_SIZE_(pandia_info, 32, 32);
PANDIA_AT_(pandia_info, qubit_count, 4, 4);
PANDIA_AT_(pandia_info, op_kinds, 8, 8);
PANDIA_AT_(pandia_info, caps, 16, 16);
PANDIA_AT_(pandia_info, threading, 24, 24);
PANDIA_AT_(pandia_info, reserved0, 28, 28);
PANDIA_SIZE_(pandia_metric, 48, 40);
PANDIA_AT_(pandia_metric, kind, 4, 4);
PANDIA_AT_(pandia_metric, value, 8, 8);
PANDIA_AT_(pandia_metric, part, 16, 16);
PANDIA_AT_(pandia_metric, name, 32, 28);
PANDIA_SIZE_(pandia_state_query, 24, 20);
PANDIA_AT_(pandia_state_query, kind, 4, 4);
PANDIA_AT_(pandia_state_query, qubit_count, 8, 8);
PANDIA_AT_(pandia_state_query, reserved0, 12, 12);
PANDIA_AT_(pandia_state_query, qubits, 16, 16);
PANDIA_SIZE_(pandia_backend, 16, 8);
PANDIA_AT_(pandia_backend, vt, 0, 0);
PANDIA_AT_(pandia_backend, me, 8, 4);
PANDIA_SIZE_(pandia_backend_vt, 104, 56);
PANDIA_AT_(pandia_backend_vt, reserved0, 4, 4);
PANDIA_AT_(pandia_backend_vt, id, 8, 8);
PANDIA_AT_(pandia_backend_vt, query, 16, 12);
PANDIA_AT_(pandia_backend_vt, negotiate, 24, 16);
PANDIA_AT_(pandia_backend_vt, shot_begin, 32, 20);
PANDIA_AT_(pandia_backend_vt, apply, 40, 24);
PANDIA_AT_(pandia_backend_vt, shot_end, 48, 28);
PANDIA_AT_(pandia_backend_vt, destroy, 56, 32);
PANDIA_AT_(pandia_backend_vt, metric, 64, 36);
PANDIA_AT_(pandia_backend_vt, state, 72, 40);
PANDIA_AT_(pandia_backend_vt, state_digest, 80, 44);
PANDIA_AT_(pandia_backend_vt, cancel, 88, 48);
PANDIA_AT_(pandia_backend_vt, extension, 96, 52);
PANDIA_SIZE_(pandia_setting, 48, 40);
PANDIA_AT_(pandia_setting, bits, 0, 0);
PANDIA_AT_(pandia_setting, kind, 8, 8);
PANDIA_AT_(pandia_setting, reserved0, 12, 12);
PANDIA_AT_(pandia_setting, key, 16, 16);
PANDIA_AT_(pandia_setting, text, 32, 28);
PANDIA_ASSERT_(pandia_config, whole,
               sizeof(pandia_config) == 40 || sizeof(pandia_config) == 36); /* i386 aligns u64 to 4 */
PANDIA_AT_(pandia_config, qubit_count, 4, 4);
PANDIA_AT_(pandia_config, stream, 8, 8);
PANDIA_AT_(pandia_config, result_count, 16, 16);
PANDIA_AT_(pandia_config, setting_count, 20, 20);
PANDIA_AT_(pandia_config, setting_bytes, 24, 24);
PANDIA_AT_(pandia_config, reserved0, 28, 28);
PANDIA_AT_(pandia_config, settings, 32, 32);
PANDIA_SIZE_(pandia_layout, 16, 16);
PANDIA_AT_(pandia_layout, align, 4, 4);
PANDIA_AT_(pandia_layout, bytes, 8, 8);
PANDIA_SIZE_(pandia_host, 48, 28);
PANDIA_AT_(pandia_host, minor, 4, 4);
PANDIA_AT_(pandia_host, me, 8, 8);
PANDIA_AT_(pandia_host, now_ns, 16, 12);
PANDIA_AT_(pandia_host, log, 24, 16);
PANDIA_AT_(pandia_host, alloc, 32, 20);
PANDIA_AT_(pandia_host, free, 40, 24);
PANDIA_SIZE_(pandia_param, 120, 96);
PANDIA_AT_(pandia_param, max, 8, 8);
PANDIA_AT_(pandia_param, default_bits, 16, 16);
PANDIA_AT_(pandia_param, kind, 24, 24);
PANDIA_AT_(pandia_param, default_kind, 28, 28);
PANDIA_AT_(pandia_param, choice_count, 32, 32);
PANDIA_AT_(pandia_param, reserved0, 36, 36);
PANDIA_AT_(pandia_param, name, 40, 40);
PANDIA_AT_(pandia_param, unit, 56, 52);
PANDIA_AT_(pandia_param, help, 72, 64);
PANDIA_AT_(pandia_param, default_text, 88, 76);
PANDIA_AT_(pandia_param, choices, 104, 88);
PANDIA_AT_(pandia_param, reserved1, 112, 92);
PANDIA_SIZE_(pandia_plugin, 104, 76);
PANDIA_AT_(pandia_plugin, kind, 4, 4);
PANDIA_AT_(pandia_plugin, flags, 6, 6);
PANDIA_AT_(pandia_plugin, children_min, 8, 8);
PANDIA_AT_(pandia_plugin, children_max, 10, 10);
PANDIA_AT_(pandia_plugin, param_count, 12, 12);
PANDIA_AT_(pandia_plugin, param_bytes, 16, 16);
PANDIA_AT_(pandia_plugin, reserved0, 20, 20);
PANDIA_AT_(pandia_plugin, id, 24, 24);
PANDIA_AT_(pandia_plugin, version, 40, 36);
PANDIA_AT_(pandia_plugin, summary, 56, 48);
PANDIA_AT_(pandia_plugin, params, 72, 60);
PANDIA_AT_(pandia_plugin, layout, 80, 64);
PANDIA_AT_(pandia_plugin, create, 88, 68);
PANDIA_AT_(pandia_plugin, create_runtime, 96, 72);
PANDIA_SIZE_(pandia_module, 32, 28);
PANDIA_AT_(pandia_module, size, 4, 4);
PANDIA_AT_(pandia_module, major, 8, 8);
PANDIA_AT_(pandia_module, minor, 10, 10);
PANDIA_AT_(pandia_module, min_host_minor, 12, 12);
PANDIA_AT_(pandia_module, reserved0, 14, 14);
PANDIA_AT_(pandia_module, plugin_count, 16, 16);
PANDIA_AT_(pandia_module, reserved1, 20, 20);
PANDIA_AT_(pandia_module, plugins, 24, 24);
PANDIA_SIZE_(pandia_runtime, 16, 8);
PANDIA_AT_(pandia_runtime, vt, 0, 0);
PANDIA_AT_(pandia_runtime, me, 8, 4);
PANDIA_SIZE_(pandia_runtime_vt, 104, 56);
PANDIA_AT_(pandia_runtime_vt, reserved0, 4, 4);
PANDIA_AT_(pandia_runtime_vt, id, 8, 8);
PANDIA_AT_(pandia_runtime_vt, attach, 16, 12);
PANDIA_AT_(pandia_runtime_vt, detach, 24, 16);
PANDIA_AT_(pandia_runtime_vt, query, 32, 20);
PANDIA_AT_(pandia_runtime_vt, negotiate, 40, 24);
PANDIA_AT_(pandia_runtime_vt, shot_begin, 48, 28);
PANDIA_AT_(pandia_runtime_vt, submit, 56, 32);
PANDIA_AT_(pandia_runtime_vt, result, 64, 36);
PANDIA_AT_(pandia_runtime_vt, shot_end, 72, 40);
PANDIA_AT_(pandia_runtime_vt, destroy, 80, 44);
PANDIA_AT_(pandia_runtime_vt, metric, 88, 48);
PANDIA_AT_(pandia_runtime_vt, extension, 96, 52);
PANDIA_SIZE_(pandia_outcome, 24, 24);
PANDIA_AT_(pandia_outcome, id, 0, 0);
PANDIA_AT_(pandia_outcome, value, 8, 8);
PANDIA_AT_(pandia_outcome, kind, 16, 16);
PANDIA_AT_(pandia_outcome, flags, 17, 17);
PANDIA_AT_(pandia_outcome, reserved0, 18, 18);
PANDIA_AT_(pandia_outcome, op_index, 20, 20);

#undef PANDIA_AT_
#undef PANDIA_SIZE_
#undef PANDIA_BY_WIDTH_
#undef PANDIA_ASSERT_

#ifdef __cplusplus
}
#endif

#endif
