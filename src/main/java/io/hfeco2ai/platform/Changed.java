package io.hfeco2ai.platform;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that an auditor may ask about has changed. Published inside the transaction of the change, so that both happen
 * or neither. Persons are named by their id only: never a name, an e-mail address or a network address.
 *
 * @param action what happened, {@code budget.limit-changed}: the subject's kind, a dot, a past participle
 * @param subjectKind {@code budget}, {@code token}, {@code user}, {@code team}, {@code setting}, …
 * @param teamId whose it is; null: the organisation's
 * @param details what an auditor needs to understand it, such as {@code limit_before} and {@code limit_after}
 */
public record Changed(
        String action,
        String subjectKind,
        String subjectId,
        @Nullable String teamId,
        Map<String, String> details) {}
