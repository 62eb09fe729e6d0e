package io.hfeco2ai.audit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A row of the trail. Persons are named by id only, so that a name can be forgotten without touching the trail.
 *
 * @param no from 1, without holes
 * @param atMs UTC
 * @param actorKind USER, TOKEN, SYSTEM (a job), or NOBODY (not signed in)
 * @param actorId empty: none
 * @param teamId empty: the organisation's
 * @param details a JSON object with sorted keys
 * @param prevHash of the row before; zeros for the first
 * @param hash SHA-256 over all other fields, in hex
 */
public record Event(
        long no,
        long atMs,
        String actorKind,
        String actorId,
        String action,
        String subjectKind,
        String subjectId,
        String teamId,
        String details,
        String prevHash,
        String hash) {

    static final String NO_HASH = "0".repeat(64);

    Event signed() {
        return new Event(
                no,
                atMs,
                actorKind,
                actorId,
                action,
                subjectKind,
                subjectId,
                teamId,
                details,
                prevHash,
                expectedHash());
    }

    /** Each field with its length before it: no two rows are the same bytes. */
    String expectedHash() {
        StringBuilder text = new StringBuilder();
        for (Object field :
                List.of(no, atMs, actorKind, actorId, action, subjectKind, subjectId, teamId, details, prevHash)) {
            String part = field.toString();
            text.append(part.length()).append(':').append(part);
        }
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256")
                            .digest(text.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
