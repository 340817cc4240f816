/*
 * random.h - the random streams of Pandia, for plugins in C. Optional; not part of the interface.
 *
 * A stream is Xoshiro128++ seeded with SipHash-1-3-128 of (seed of the run, shot, stream id). A part
 * takes its stream id from `pandia_config.stream`, and begins its stream anew in `shot_begin`. So
 * shot 7 alone equals shot 7 of a thousand, and another layer in the stack leaves everybody's draws
 * alone. The draws are those of the parts in Rust, bit for bit.
 * C99, freestanding; also C11 and C++17.
 */
#ifndef PANDIA_RANDOM_H
#define PANDIA_RANDOM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One part's random numbers within one shot. */
typedef struct pandia_stream {
  uint32_t s[4];
} pandia_stream;

static inline uint64_t pandia_rotl64_(uint64_t x, unsigned by) {
  return x << by | x >> (64u - by);
}
static inline uint32_t pandia_rotl32_(uint32_t x, unsigned by) {
  return x << by | x >> (32u - by);
}
static inline void pandia_sip_round_(uint64_t v[4]) {
  v[0] += v[1];
  v[1] = pandia_rotl64_(v[1], 13) ^ v[0];
  v[0] = pandia_rotl64_(v[0], 32);
  v[2] += v[3];
  v[3] = pandia_rotl64_(v[3], 16) ^ v[2];
  v[0] += v[3];
  v[3] = pandia_rotl64_(v[3], 21) ^ v[0];
  v[2] += v[1];
  v[1] = pandia_rotl64_(v[1], 17) ^ v[2];
  v[2] = pandia_rotl64_(v[2], 32);
}

/* The stream `stream` of shot `shot` in the run seeded by `seed`. */
static inline pandia_stream pandia_stream_of(uint64_t seed, uint64_t shot, uint64_t stream) {
  /* SipHash-1-3 with 128 bits of output, over the shot's eight bytes, keyed by seed and stream. */
  uint64_t v[4], half[2];
  pandia_stream out;
  const uint64_t words[2] = {shot, UINT64_C(8) << 56};
  unsigned i, round;
  v[0] = seed ^ UINT64_C(0x736f6d6570736575);
  v[1] = stream ^ UINT64_C(0x646f72616e646f6d) ^ 0xeeu;
  v[2] = seed ^ UINT64_C(0x6c7967656e657261);
  v[3] = stream ^ UINT64_C(0x7465646279746573);
  for (i = 0; i < 2; i++) {
    v[3] ^= words[i];
    pandia_sip_round_(v);
    v[0] ^= words[i];
  }
  v[2] ^= 0xeeu;
  for (round = 0; round < 3; round++) pandia_sip_round_(v);
  half[0] = v[0] ^ v[1] ^ v[2] ^ v[3];
  v[1] ^= 0xddu;
  for (round = 0; round < 3; round++) pandia_sip_round_(v);
  half[1] = v[0] ^ v[1] ^ v[2] ^ v[3];
  for (i = 0; i < 4; i++) out.s[i] = (uint32_t)(half[i / 2] >> (i % 2 * 32) & 0xffffffffu);
  return out;
}

/* 32 random bits: Xoshiro128++. */
static inline uint32_t pandia_stream_u32(pandia_stream *stream) {
  uint32_t *s = stream->s;
  uint32_t result = pandia_rotl32_(s[0] + s[3], 7) + s[0];
  uint32_t t = s[1] << 9;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = pandia_rotl32_(s[3], 11);
  return result;
}

/* 64 random bits: the low half is drawn first. */
static inline uint64_t pandia_stream_u64(pandia_stream *stream) {
  uint64_t low = pandia_stream_u32(stream);
  return low | (uint64_t)pandia_stream_u32(stream) << 32;
}

/* A multiple of 2^-53 in [0, 1). */
static inline double pandia_stream_unit(pandia_stream *stream) {
  return (double)(pandia_stream_u64(stream) >> 11) * (1.0 / 9007199254740992.0);
}

/* A whole number below `bound`, each equally likely; 0 for 0. */
static inline uint32_t pandia_stream_below(pandia_stream *stream, uint32_t bound) {
  uint32_t threshold;
  if (bound == 0u) return 0u;
  threshold = (0u - bound) % bound;
  for (;;) {
    uint64_t product = (uint64_t)pandia_stream_u32(stream) * bound;
    if ((uint32_t)(product & 0xffffffffu) >= threshold) return (uint32_t)(product >> 32);
  }
}

/* A probability in (0, 1) prepared for drawing: compared as an integer, without rounding. */
static inline uint64_t pandia_chance_of(double p) {
  return p > 0.0 && p < 1.0 ? (uint64_t)(p * 18446744073709551616.0) : 0u;
}

/* 1 with probability `p`, whose prepared form is `chance`. Draws nothing if p is 0 or 1. */
static inline int pandia_stream_happens(pandia_stream *stream, double p, uint64_t chance) {
  if (p <= 0.0) return 0;
  if (p >= 1.0) return 1;
  return pandia_stream_u64(stream) < chance;
}

#ifdef __cplusplus
}
#endif

#endif
