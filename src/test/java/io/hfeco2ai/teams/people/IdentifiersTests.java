package io.hfeco2ai.teams.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hfeco2ai.platform.BadInput;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdentifiersTests {

    private static final Identifiers ANN =
            Identifiers.of(List.of("ann", "ann@example.org", "Ann Lee", " "), "erased-1");

    @Test
    void aNameIsFoundAsAWordWhateverItsCase() {
        assertThat(ANN.replacedIn("/home/ANN/train.py by ann@example.org (Ann Lee)", 100))
                .isEqualTo("/home/erased-1/train.py by erased-1 (erased-1)");
        assertThat(ANN.in("ann_bert-3")).isTrue();
        assertThat(ANN.in("Annual planning, channel, ann3")).isFalse();
    }

    @Test
    void whatDoesNotFitIsCut() {
        assertThat(ANN.replacedIn("ann", 5)).isEqualTo("erase");
    }

    @Test
    void signsOfPatternsAreOrdinary() {
        Identifiers odd = Identifiers.of(List.of("a.b*c", "50%_x\\"), "$1");
        assertThat(odd.replacedIn("a.b*c axbbc 50%_x\\", 50)).isEqualTo("$1 axbbc $1");
        assertThat(odd.likes()).containsExactly("%a.b*c%", "%50\\%\\_x\\\\%");
    }

    @Test
    void whatCannotBeLookedForIsSaid() {
        assertThatThrownBy(() -> Identifiers.of(List.of("al"), "x")).isInstanceOf(BadInput.class);
        assertThatThrownBy(() -> Identifiers.of(List.of("a".repeat(255)), "x")).isInstanceOf(BadInput.class);
        List<String> many = Collections.nCopies(30, "same");
        assertThat(Identifiers.of(many, "x").likes()).hasSize(1);
        assertThat(Identifiers.of(List.of(), "x").replacedIn("all", 9)).isEqualTo("all");
    }
}
