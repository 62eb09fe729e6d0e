package io.hfeco2ai.teams.people;

import io.hfeco2ai.platform.BadInput;
import java.util.Map;

/** What was typed and what is wrong with it, by field. */
record Form(Map<String, String> typed, Map<String, String> errors) {

    static final Form EMPTY = new Form(Map.of(), Map.of());

    static Form refused(BadInput e, Map<String, String> typed) {
        return new Form(typed, Map.of(e.field(), e.detail()));
    }
}
