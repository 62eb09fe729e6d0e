@NullMarked
package io.hfeco2ai.teams.people;

import org.jspecify.annotations.NullMarked;
