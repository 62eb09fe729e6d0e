/** Measurements that docs/benchmarks.md explains; run by hand with {@code -Pbench}. */
@org.jspecify.annotations.NullMarked
package io.hfeco2ai.bench;
