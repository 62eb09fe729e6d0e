/** Real parts that tests share: databases. */
@org.jspecify.annotations.NullMarked
package io.hfeco2ai.testing;
