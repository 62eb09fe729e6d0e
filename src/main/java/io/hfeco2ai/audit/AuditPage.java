package io.hfeco2ai.audit;

import io.hfeco2ai.audit.Audit.Against;
import io.hfeco2ai.audit.Audit.Check;
import io.hfeco2ai.audit.Audit.Filter;
import io.hfeco2ai.audit.Audit.Head;
import io.hfeco2ai.audit.Stamps.Stamp;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import io.hfeco2ai.teams.Allow.Tokens;
import io.hfeco2ai.teams.Names;
import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.teams.Teams.Team;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.servlet.ModelAndView;

/** The trail for those who may read everything. */
@Allow(people = People.AUDITORS)
@Controller
class AuditPage {

    private static final int LAST_PAGE = 1_000_000;
    private static final int STAMPS_SHOWN = 30;

    /** @param actor a name where there is one now, else the id */
    record Row(Event event, Instant at, String actor, String subject, String team) {}

    /**
     * @param check null: not asked for
     * @param mailed the day of the last mail with a checkpoint; null: none is to be mailed; "": none was yet
     */
    record AuditView(
            List<Row> rows,
            int page,
            boolean more,
            Map<String, String> typed,
            Map<String, String> errors,
            List<Team> teams,
            List<String> actions,
            String query,
            @Nullable Check check,
            String checkpoint,
            @Nullable String mailed,
            Stamped stamps,
            Form form) {}

    /**
     * @param wanted an authority is named
     * @param unfit days whose stamps do not fit the trail; null: not asked for
     */
    record Stamped(
            boolean wanted, List<Stamp> newest, @Nullable List<String> unfit) {}

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
    private final TrailChoice choice;
    private final CheckpointMail mail;
    private final Stamps stamps;

    AuditPage(Audit audit, Teams teams, Names names, TrailChoice choice, CheckpointMail mail, Stamps stamps) {
        this.audit = audit;
        this.teams = teams;
        this.names = names;
        this.choice = choice;
        this.mail = mail;
        this.stamps = stamps;
    }

    /** @param typed team, action, person, from, to: which rows; page; verify; checkpoint */
    @GetMapping("/settings/audit")
    ModelAndView trail(@RequestParam Map<String, String> typed, @RequestParam(defaultValue = "0") int page) {
        Form form = form(typed.getOrDefault("checkpoint", ""));
        Filter filter = Filter.ALL;
        Map<String, String> errors = Map.of();
        try {
            filter = choice.of(typed);
        } catch (BadInput e) {
            errors = Map.of(e.field(), e.detail());
        }
        int shown = Math.max(0, Math.min(page, LAST_PAGE));
        Audit.Page found = errors.isEmpty() ? audit.events(shown, filter) : new Audit.Page(List.of(), false);
        boolean verify = "true".equals(typed.get("verify")) || form.against() != null;
        AuditView view = new AuditView(
                rows(found.events()),
                shown,
                found.more(),
                typed,
                errors,
                teams.teams(),
                audit.actions(),
                TrailChoice.query(typed),
                verify ? audit.verify() : null,
                audit.checkpoint().stored(),
                mail.wanted() ? mail.mailedOn().orElse("") : null,
                new Stamped(stamps.wanted(), stamps.newest(STAMPS_SHOWN), verify ? stamps.unfit() : null),
                form);
        boolean good = errors.isEmpty() && form.problem() == null;
        return new ModelAndView("audit/audit", Map.of("view", view), good ? HttpStatus.OK : HttpStatus.BAD_REQUEST);
    }

    /** The same rows, the oldest first, with their hashes. */
    @GetMapping("/settings/audit/trail.csv")
    void file(@RequestParam Map<String, String> typed, HttpServletResponse response) throws IOException {
        Filter filter = choice.of(typed);
        audit.exported();
        response.setContentType("text/csv; charset=utf-8");
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"audit-trail.csv\"");
        TrailFile.write(audit, filter, response.getOutputStream());
    }

    /** What the authority answered, for {@code openssl ts -verify} and its like. */
    @GetMapping("/settings/audit/stamps/{day}")
    ResponseEntity<byte[]> stamp(@PathVariable String day) {
        byte[] response = stamps.response(day).orElseThrow(() -> new NotFound("Nothing was stamped on that day."));
        return ResponseEntity.ok()
                .contentType(MediaType.valueOf("application/timestamp-reply"))
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"audit-trail-" + LocalDate.parse(day) + ".tsr\"")
                .body(response);
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
