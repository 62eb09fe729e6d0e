/** Persons, their invitations, and who is in which team. */
@NullMarked
package io.hfeco2ai.teams.people;

import org.jspecify.annotations.NullMarked;
