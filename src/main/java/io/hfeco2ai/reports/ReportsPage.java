package io.hfeco2ai.reports;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Forbidden;
import io.hfeco2ai.reports.Reports.Listed;
import io.hfeco2ai.reports.ReportsView.ListView;
import io.hfeco2ai.reports.ReportsView.OneView;
import io.hfeco2ai.reports.ReportsView.Row;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import io.hfeco2ai.teams.Names;
import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.teams.Viewer;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** Reports: asked for, looked at, taken away. The organisation's are for admins and auditors, a team's for who sees it. */
@Allow(people = People.SIGNED_IN)
@Controller
class ReportsPage {

    private static final int PAGE_SIZE = 25;
    private static final int LAST_PAGE = 100_000;

    private final Reports reports;
    private final ReportSight sight;
    private final ReportFiles files;
    private final Making making;
    private final Teams teams;
    private final Experiments experiments;
    private final Names names;
    private final Access access;
    private final Clock clock;

    ReportsPage(
            Reports reports,
            ReportSight sight,
            ReportFiles files,
            Making making,
            Teams teams,
            Experiments experiments,
            Names names,
            Access access,
            Clock clock) {
        this.reports = reports;
        this.sight = sight;
        this.files = files;
        this.making = making;
        this.teams = teams;
        this.experiments = experiments;
        this.names = names;
        this.access = access;
        this.clock = clock;
    }

    /** @param typed standard, whose form is shown, and whatever else shall stand in the form already */
    @GetMapping("/reports")
    ModelAndView all(@RequestParam(defaultValue = "0") int page, @RequestParam Map<String, String> typed) {
        return list(page, typed, Map.of(), HttpStatus.OK);
    }

    /** @param typed standard, scope, from, to (first and last UTC day) and the standard's own options */
    @PostMapping("/reports")
    ModelAndView ask(@RequestParam Map<String, String> typed) {
        try {
            ReportRequest request = ReportInput.of(typed, clock);
            sight.require(request);
            String id = reports.ask(
                    ReportInput.known(request, experiments),
                    Objects.requireNonNull(access.viewer().userId(), "a person asks"));
            return new ModelAndView("redirect:/reports/" + id);
        } catch (BadInput e) {
            return list(0, typed, Map.of(e.field(), e.detail()), HttpStatus.BAD_REQUEST);
        }
    }

    private ModelAndView list(int page, Map<String, String> typed, Map<String, String> errors, HttpStatus status) {
        int shown = Math.max(0, Math.min(page, LAST_PAGE));
        List<Listed> found = reports.list(access.viewer().teams(), PAGE_SIZE + 1, (long) shown * PAGE_SIZE);
        Map<String, String> values = new HashMap<>(typed);
        values.values().removeIf(String::isBlank);
        LocalDate today = LocalDate.now(clock.withZone(ZoneOffset.UTC));
        values.putIfAbsent("from", today.withDayOfYear(1).toString());
        values.putIfAbsent("to", today.toString());
        ListView view = new ListView(
                rows(found.stream().limit(PAGE_SIZE).toList()),
                shown,
                found.size() > PAGE_SIZE,
                Arrays.stream(Standard.values())
                        .filter(one -> one.name().equals(typed.get("standard")))
                        .findFirst()
                        .orElse(Standard.GHG_SCOPE2),
                scopes(),
                values,
                errors);
        return new ModelAndView("reports/reports", Map.of("view", view), status);
    }

    private List<Row> rows(List<Listed> found) {
        Set<String> ids = new HashSet<>();
        found.forEach(report -> ids.add(report.askedBy()));
        Map<String, String> called = names.of(ids);
        return found.stream()
                .map(report -> new Row(
                        report,
                        making.scope(reports.request(report.id())),
                        called.getOrDefault(report.askedBy(), report.askedBy())))
                .toList();
    }

    private Map<String, String> scopes() {
        Viewer viewer = access.viewer();
        Map<String, String> scopes = new LinkedHashMap<>();
        if (viewer.seesAll()) {
            scopes.put("", "");
        }
        teams.teams().stream().filter(team -> viewer.sees(team.id())).forEach(team -> {
            scopes.put(team.id(), "Team " + team.name());
            experiments
                    .projects(team.id())
                    .forEach(project -> scopes.put(
                            team.id() + "/" + project.id(), "Team " + team.name() + ", project " + project.name()));
        });
        return scopes;
    }

    @GetMapping("/reports/{id}")
    String one(
            @PathVariable String id,
            @RequestHeader(name = "HX-Request", required = false) @Nullable String part,
            HttpServletResponse response,
            Model model) {
        Listed listed = sight.seen(id);
        Row row = rows(List.of(listed)).get(0);
        boolean ready = listed.state().equals("READY");
        if (part != null && !row.waiting()) {
            response.setHeader("HX-Refresh", "true");
        }
        model.addAttribute(
                "view",
                new OneView(
                        row,
                        ready ? reports.report(id) : null,
                        files.offered(listed.standard()),
                        row.waiting() && sight.mayCancel(listed)));
        return part == null ? "reports/report" : "reports/report :: progress";
    }

    @PostMapping("/reports/{id}/cancel")
    String cancel(@PathVariable String id) {
        Listed report = sight.seen(id);
        if (!sight.mayCancel(report)) {
            throw new Forbidden("Only who asked for the report, or an admin, may cancel it.");
        }
        reports.cancel(report);
        return "redirect:/reports/" + id;
    }

    @GetMapping("/reports/{id}/files/{format}")
    void file(@PathVariable String id, @PathVariable String format, HttpServletResponse response) throws IOException {
        files.write(sight.seen(id), format, response);
    }
}
