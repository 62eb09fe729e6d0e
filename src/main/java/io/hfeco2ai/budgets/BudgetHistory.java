package io.hfeco2ai.budgets;

import io.hfeco2ai.audit.Audit;
import io.hfeco2ai.audit.Event;
import io.hfeco2ai.budgets.BudgetRows.Row;
import io.hfeco2ai.budgets.BudgetView.Amount;
import io.hfeco2ai.teams.Names;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Each change of a budget, from the audit trail; the trail knows ids, names are looked up when they are shown. */
@Component
class BudgetHistory {

    private static final int MOST = 200;
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TypeReference<Map<String, String>> DETAILS = new TypeReference<>() {};

    /**
     * @param kind of who did it: USER, TOKEN, SYSTEM or NOBODY
     * @param who a name where there is one now, else the id; empty: nobody in particular
     * @param from the limit before; null: it was not about the limit, or there was none
     */
    record Change(
            Instant at,
            String kind,
            String who,
            String action,
            @Nullable Amount from,
            @Nullable Amount to) {}

    private final Audit audit;
    private final Names names;

    BudgetHistory(Audit audit, Names names) {
        this.audit = audit;
        this.names = names;
    }

    /** The newest first, at most 200. */
    List<Change> of(Row row) {
        List<Event> events = audit.about("budget", row.id(), MOST);
        Map<String, String> called = names.of(
                events.stream().map(Event::actorId).filter(id -> !id.isEmpty()).collect(Collectors.toSet()));
        return events.stream()
                .map(event -> change(event, row.unit(), called.getOrDefault(event.actorId(), event.actorId())))
                .toList();
    }

    private static Change change(Event event, String unit, String who) {
        Map<String, String> details = JSON.readValue(event.details(), DETAILS);
        return new Change(
                Instant.ofEpochMilli(event.atMs()),
                event.actorKind(),
                who,
                event.action(),
                amount(unit, details.get("limit_before")),
                amount(unit, details.get("limit_after")));
    }

    /** Some rows have the unit behind the number. */
    private static @Nullable Amount amount(String unit, @Nullable String stored) {
        return stored == null ? null : Amount.of(unit, new BigDecimal(stored.split(" ", 2)[0]));
    }
}
