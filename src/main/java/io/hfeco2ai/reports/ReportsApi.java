package io.hfeco2ai.reports;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Forbidden;
import io.hfeco2ai.reports.ReportMessages.AskRequest;
import io.hfeco2ai.reports.ReportMessages.ReportJson;
import io.hfeco2ai.reports.ReportMessages.ReportsJson;
import io.hfeco2ai.reports.Reports.Listed;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.Tokens;
import io.hfeco2ai.teams.Teams.TokenIdentity;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The team's reports for programs: asked for, waited for, taken away. */
@Allow(tokens = {Tokens.CLIENT, Tokens.READ})
@RestController
@RequestMapping("/api/v1/reports")
class ReportsApi {

    private static final String EXAMPLE = """
            {"standard": "SCI", "from": "2026-01-01", "to": "2026-01-31", "options": {"per": "run-hour"}}""";
    private static final int LARGEST_PAGE = 200;
    private static final int LAST_PAGE = 100_000;

    private final Reports reports;
    private final ReportSight sight;
    private final ReportFiles files;
    private final Experiments experiments;
    private final Clock clock;

    ReportsApi(Reports reports, ReportSight sight, ReportFiles files, Experiments experiments, Clock clock) {
        this.reports = reports;
        this.sight = sight;
        this.files = files;
        this.experiments = experiments;
        this.clock = clock;
    }

    /** 201 also where the same was asked before and is not made yet: the caller gets that one. */
    @Operation(
            summary = "Asks for a report about your team, or one of its projects; it is made beside other work",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            content = @Content(examples = @ExampleObject(EXAMPLE))))
    @Allow(tokens = Tokens.CLIENT)
    @PostMapping
    ResponseEntity<ReportJson> ask(@AuthenticationPrincipal TokenIdentity caller, @RequestBody AskRequest asked) {
        String project = asked.project();
        String projectId = project == null ? null : experiments.projectId(caller.teamId(), project);
        ReportRequest request = asked.request(caller.teamId(), projectId, clock);
        sight.require(request);
        String id = reports.ask(asked.known(request, experiments), caller.tokenId());
        return ResponseEntity.created(URI.create("/api/v1/reports/" + id)).body(json(sight.seen(id)));
    }

    @Operation(summary = "Reports of your team, the newest first")
    @GetMapping
    ReportsJson all(
            @AuthenticationPrincipal TokenIdentity caller,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size) {
        if (page < 0 || page > LAST_PAGE) {
            throw new BadInput("page", "Field page is " + page + "; pages count from 0 to " + LAST_PAGE + ".");
        }
        if (size < 1 || size > LARGEST_PAGE) {
            throw new BadInput("size", "Field size is " + size + "; choose 1 to " + LARGEST_PAGE + ".");
        }
        Set<String> team = Set.of(caller.teamId());
        List<ReportJson> found = reports.list(team, size, (long) page * size).stream()
                .map(this::json)
                .toList();
        return new ReportsJson(found, page, size, reports.count(team));
    }

    @Operation(summary = "A report: how far it is, and where its files are")
    @GetMapping("/{id}")
    ReportJson one(@PathVariable String id) {
        return json(sight.seen(id));
    }

    @Operation(summary = "Cancels a report that is not made yet; only the token that asked for it may")
    @Allow(tokens = Tokens.CLIENT)
    @PostMapping("/{id}/cancel")
    ReportJson cancel(@PathVariable String id) {
        Listed report = sight.seen(id);
        if (!sight.mayCancel(report)) {
            throw new Forbidden("Only the token that asked for the report may cancel it here.");
        }
        reports.cancel(report);
        return json(sight.seen(id));
    }

    @Operation(summary = "A finished report in one of its formats")
    @GetMapping("/{id}/files/{format}")
    void file(@PathVariable String id, @PathVariable String format, HttpServletResponse response) throws IOException {
        files.write(sight.seen(id), format, response);
    }

    private ReportJson json(Listed listed) {
        return ReportJson.of(listed, reports.request(listed.id()), files.offered(listed.standard()));
    }
}
