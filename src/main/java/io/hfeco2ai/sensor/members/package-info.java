/** The sensors of one machine together with the processes whose part of its energy is wanted. */
@NullMarked
@NamedInterface("members")
package io.hfeco2ai.sensor.members;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
