/*
 * The example of a tap with one defect: -DBROKEN=kind. Deliberately wrong, for the tests of
 * `pandia check`. Without a defect it is the example: -DBROKEN=intact.
 */
#include <pandia/pandia.h>

#define pandia_module_v1 example_module
#include "../../host-ffi/examples/c/tap.c"
#undef pandia_module_v1

enum { intact, flips_outcomes, metrics_endless, metric_overrun };
#define IS(kind) (BROKEN == (kind))

static pandia_status broken_apply(void *me, const pandia_batch *batch, pandia_results *results,
                                  pandia_err *err) {
  uint32_t had = results->len;
  pandia_status status = apply(me, batch, results, err);
  if (IS(flips_outcomes) && status == PANDIA_OK && results->len > had) {
    results->items[had].value ^= 1u;
  }
  return status;
}

static pandia_status broken_metric(void *me, uint32_t index, pandia_metric *out) {
  pandia_status status = metric(me, IS(metrics_endless) ? index % 3u : index, out);
  if (IS(metric_overrun)) ((uint64_t *)(void *)(out + 1))[0] = 0;
  return status;
}

static pandia_status broken_create(void *memory, uint64_t memory_bytes, const pandia_config *config,
                                   const pandia_host *host, const pandia_backend *children,
                                   uint32_t child_count, pandia_backend *out, pandia_err *err) {
  pandia_status status =
      create(memory, memory_bytes, config, host, children, child_count, out, err);
  tap *me = memory;
  if (status != PANDIA_OK) return status;
  me->vt.apply = broken_apply;
  me->vt.metric = broken_metric;
  return PANDIA_OK;
}

static const pandia_plugin BROKEN_TAP = {
    sizeof(pandia_plugin), PANDIA_KIND_TAP, 0, 1, 1, 0, sizeof(pandia_param), 0,
    PANDIA_TEXT("broken.tap"), PANDIA_TEXT("1.0.0"), PANDIA_TEXT("Wrong on purpose."), NULL, layout,
    broken_create, NULL,
};
static const pandia_plugin *const BROKEN_PLUGINS[] = {&BROKEN_TAP};
const pandia_module pandia_module_v1 = PANDIA_MODULE_OF(BROKEN_PLUGINS);
