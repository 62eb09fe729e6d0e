@org.jspecify.annotations.NullMarked
package io.hfeco2ai.edge.cloud;
