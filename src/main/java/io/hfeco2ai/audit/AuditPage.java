package io.hfeco2ai.audit;

import io.hfeco2ai.audit.Audit.Against;
import io.hfeco2ai.audit.Audit.Check;
import io.hfeco2ai.audit.Audit.Filter;
import io.hfeco2ai.audit.Audit.Head;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import io.hfeco2ai.teams.Allow.Tokens;
import io.hfeco2ai.teams.Names;
import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.teams.Teams.Team;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.util.UriComponentsBuilder;

/** The trail for those who may read everything. */
@Allow(people = People.AUDITORS)
@Controller
class AuditPage {

    private static final int LAST_PAGE = 1_000_000;

    /** @param actor a name where there is one now, else the id */
    record Row(Event event, Instant at, String actor, String subject, String team) {}

    /** @param check null: not asked for */
    record AuditView(
            List<Row> rows,
            int page,
            boolean more,
            Filter filter,
            List<Team> teams,
            List<String> actions,
            String url,
            @Nullable Check check,
            String checkpoint,
            Form form) {}

    /**
     * A checkpoint as it was pasted.
     *
     * @param against null: none was pasted, or it is none
     * @param problem why it is none
     */
    record Form(
            String typed,
            @Nullable Against against,
            @Nullable String problem) {}

    private final Audit audit;
    private final Teams teams;
    private final Names names;

    AuditPage(Audit audit, Teams teams, Names names) {
        this.audit = audit;
        this.teams = teams;
        this.names = names;
    }

    @GetMapping("/settings/audit")
    ModelAndView trail(
            @RequestParam(defaultValue = "") String team,
            @RequestParam(defaultValue = "") String action,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "false") boolean verify,
            @RequestParam(defaultValue = "") String checkpoint) {
        Filter filter = new Filter(team, action);
        int shown = Math.max(0, Math.min(page, LAST_PAGE));
        Audit.Page found = audit.events(shown, filter);
        String url = UriComponentsBuilder.fromPath("/settings/audit")
                .queryParam("team", "{team}")
                .queryParam("action", "{action}")
                .encode()
                .buildAndExpand(team, action)
                .toUriString();
        Form form = form(checkpoint);
        AuditView view = new AuditView(
                rows(found.events()),
                shown,
                found.more(),
                filter,
                teams.teams(),
                audit.actions(),
                url + "&",
                verify || form.against() != null ? audit.verify() : null,
                audit.checkpoint().stored(),
                form);
        HttpStatus status = form.problem() == null ? HttpStatus.OK : HttpStatus.BAD_REQUEST;
        return new ModelAndView("audit/audit", Map.of("view", view), status);
    }

    private Form form(String typed) {
        try {
            return new Form(typed, typed.isBlank() ? null : audit.against(typed), null);
        } catch (BadInput e) {
            return new Form(typed, null, e.detail());
        }
    }

    /** The trail's end, to be noted elsewhere, or whether the trail still holds what was noted: hashes, which tell nobody anything. */
    @Allow(people = People.AUDITORS, tokens = Tokens.READ)
    @GetMapping("/api/v1/audit/checkpoint")
    @ResponseBody
    Map<String, Object> checkpoint(@RequestParam(defaultValue = "") String checkpoint) {
        if (!checkpoint.isBlank()) {
            Against against = audit.against(checkpoint);
            return Map.of(
                    "checkpoint",
                    against.noted().stored(),
                    "kept",
                    against.kept().name().toLowerCase(Locale.ROOT));
        }
        Head head = audit.checkpoint();
        return Map.of("number", head.no(), "hash", head.hash(), "checkpoint", head.stored());
    }

    private List<Row> rows(List<Event> events) {
        Set<String> ids = events.stream()
                .flatMap(event -> Stream.of(event.actorId(), event.subjectId(), event.teamId()))
                .collect(Collectors.toSet());
        Map<String, String> called = names.of(ids);
        return events.stream()
                .map(event -> new Row(
                        event,
                        Instant.ofEpochMilli(event.atMs()),
                        called.getOrDefault(event.actorId(), event.actorId()),
                        called.getOrDefault(event.subjectId(), event.subjectId()),
                        called.getOrDefault(event.teamId(), event.teamId())))
                .toList();
    }
}
