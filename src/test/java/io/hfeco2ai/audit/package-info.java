@NullMarked
package io.hfeco2ai.audit;

import org.jspecify.annotations.NullMarked;
