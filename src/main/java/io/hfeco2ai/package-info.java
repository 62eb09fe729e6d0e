/** The carbon platform for machine learning: measure, account, act, show. */
@org.jspecify.annotations.NullMarked
package io.hfeco2ai;
