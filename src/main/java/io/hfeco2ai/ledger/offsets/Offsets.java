package io.hfeco2ai.ledger.offsets;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.platform.Inputs;
import io.hfeco2ai.platform.NotFound;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Carbon credits that the organisation retired. The GHG Protocol Corporate Standard (chapter 8) and ESRS E1 have them told
 * apart from emissions: nothing here lowers a figure, a total or a budget.
 */
@Service
public class Offsets {

    private static final int SHORTEST_REASON = 10;
    private static final int LONGEST_REASON = 500;

    /** What a credit stands for: carbon taken out of the air and stored, or emissions elsewhere that did not happen. */
    public enum Kind {
        REMOVAL,
        REDUCTION
    }

    /**
     * @param serials first to last, as the registry prints them
     * @param massKg CO2e, above 0
     * @param source where the retirement can be looked up
     * @param voidReason null: it stands
     */
    public record Offset(
            String id,
            Kind kind,
            String registry,
            String serials,
            String project,
            int vintage,
            long massKg,
            LocalDate retiredOn,
            String source,
            @Nullable String voidReason) {}

    private final JdbcClient jdbc;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    Offsets(JdbcClient jdbc, ApplicationEventPublisher events, Clock clock) {
        this.jdbc = jdbc;
        this.events = events;
        this.clock = clock;
    }

    /** All that were ever entered, the last retired first. */
    List<Offset> all() {
        return jdbc.sql("SELECT * FROM carbon_offset ORDER BY retired_on DESC, id DESC")
                .query(Offsets::offset)
                .list();
    }

    /** Those that stand and were retired in that span, oldest first. @param toExclusive the day after its last */
    public List<Offset> retired(LocalDate from, LocalDate toExclusive) {
        return jdbc.sql("SELECT * FROM carbon_offset WHERE retired_on >= ? AND retired_on < ? AND voided_ms IS NULL"
                        + " ORDER BY retired_on, id")
                .params(from, toExclusive)
                .query(Offsets::offset)
                .list();
    }

    /** @throws BadInput those numbers stand already */
    @Transactional
    void add(OffsetInput wish) {
        String id = Ids.next();
        try {
            jdbc.sql(
                            "INSERT INTO carbon_offset (id, kind, registry, serials, project, vintage, mass_kg, retired_on, source,"
                                    + " entered_ms, standing) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
                    .params(
                            id,
                            wish.kind().name(),
                            wish.registry(),
                            wish.serials(),
                            wish.project(),
                            wish.vintage(),
                            wish.massKg(),
                            wish.retiredOn(),
                            wish.source(),
                            clock.millis(),
                            (wish.registry() + " / " + wish.serials()).toLowerCase(Locale.ROOT))
                    .update();
        } catch (DuplicateKeyException e) {
            throw new BadInput(
                    "serials", "These numbers of this registry are in the register already: a credit is retired once.");
        }
        changed("offset.added", id, Map.of("kind", wish.kind().name(), "mass_kg", Long.toString(wish.massKg())));
    }

    /**
     * It stays in the register, struck out, and counts no more.
     *
     * @throws NotFound there is none
     * @throws Conflict it was voided before
     */
    @Transactional
    void voided(String id, String typedReason) {
        String reason = typedReason.strip();
        Inputs.plain("reason", reason);
        if (reason.length() < SHORTEST_REASON || reason.length() > LONGEST_REASON) {
            throw new BadInput(
                    "reason",
                    "Say why it does not count, in " + SHORTEST_REASON + " to " + LONGEST_REASON + " characters.");
        }
        int voided = jdbc.sql("UPDATE carbon_offset SET voided_ms = ?, void_reason = ?, standing = NULL"
                        + " WHERE id = ? AND voided_ms IS NULL")
                .params(clock.millis(), reason, id)
                .update();
        if (voided == 0) {
            if (jdbc.sql("SELECT id FROM carbon_offset WHERE id = ?")
                    .param(id)
                    .query(String.class)
                    .list()
                    .isEmpty()) {
                throw new NotFound("entry " + id);
            }
            throw new Conflict("This entry was voided before.");
        }
        changed("offset.voided", id, Map.of("reason", reason));
    }

    private void changed(String action, String id, Map<String, String> details) {
        events.publishEvent(new Changed(action, "offset", id, null, details));
    }

    private static Offset offset(ResultSet row, int number) throws SQLException {
        return new Offset(
                row.getString("id"),
                Kind.valueOf(row.getString("kind")),
                row.getString("registry"),
                row.getString("serials"),
                row.getString("project"),
                row.getInt("vintage"),
                row.getLong("mass_kg"),
                row.getObject("retired_on", LocalDate.class),
                row.getString("source"),
                row.getString("void_reason"));
    }
}
