package io.hfeco2ai.edge.codecarbon;

import io.hfeco2ai.edge.codecarbon.Catalogue.ExperimentJson;
import io.hfeco2ai.edge.codecarbon.Catalogue.OrganizationJson;
import io.hfeco2ai.edge.codecarbon.Catalogue.ProjectJson;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.Tokens;
import io.hfeco2ai.teams.Teams.TokenIdentity;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What CodeCarbon's command line calls to choose an experiment. Its organization is the key's team. */
@Allow(tokens = Tokens.CLIENT)
@Hidden
@RestController
@RequestMapping({"/codecarbon", "/codecarbon/{node}"})
class ManagementApi {

    private static final String OFFERED = "This server answers auth/check, runs, emissions, organizations, projects and"
            + " experiments as CodeCarbon's client calls them. Everything else is on its pages and under /api/v1.";

    record AuthJson(String team, String organizationId) {}

    record NewOrganization(@Nullable String name) {}

    record NewProject(@Nullable String name, @Nullable String organizationId) {}

    record NewExperiment(@Nullable String name, @Nullable String projectId) {}

    record TokenJson(String projectId, String name, String token) {}

    private final Catalogue catalogue;

    ManagementApi(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    @Allow(tokens = {Tokens.CLIENT, Tokens.READ})
    @GetMapping("/auth/check")
    AuthJson check(@AuthenticationPrincipal TokenIdentity caller) {
        return new AuthJson(caller.teamName(), caller.teamId());
    }

    @Allow(tokens = {Tokens.CLIENT, Tokens.READ})
    @GetMapping("/organizations")
    List<OrganizationJson> organizations(@AuthenticationPrincipal TokenIdentity caller) {
        return List.of(OrganizationJson.of(caller));
    }

    @Allow(tokens = {Tokens.CLIENT, Tokens.READ})
    @GetMapping("/organizations/{id}")
    OrganizationJson organization(@AuthenticationPrincipal TokenIdentity caller, @PathVariable String id) {
        return catalogue.organization(caller, id);
    }

    @PostMapping("/organizations")
    @ResponseStatus(HttpStatus.CREATED)
    OrganizationJson add(@AuthenticationPrincipal TokenIdentity caller, @RequestBody NewOrganization organization) {
        return catalogue.organizationNamed(caller, organization.name());
    }

    @PatchMapping("/organizations/{id}")
    OrganizationJson change(
            @AuthenticationPrincipal TokenIdentity caller,
            @PathVariable String id,
            @RequestBody NewOrganization organization) {
        catalogue.organization(caller, id);
        return catalogue.organizationNamed(caller, organization.name());
    }

    @Allow(tokens = {Tokens.CLIENT, Tokens.READ})
    @GetMapping("/organizations/{id}/projects")
    List<ProjectJson> projects(@AuthenticationPrincipal TokenIdentity caller, @PathVariable String id) {
        return catalogue.projects(catalogue.organization(caller, id).id());
    }

    @PostMapping("/projects")
    @ResponseStatus(HttpStatus.CREATED)
    ProjectJson add(@AuthenticationPrincipal TokenIdentity caller, @RequestBody NewProject project) {
        String organization = project.organizationId();
        return catalogue.openProject(
                organization == null
                        ? caller.teamId()
                        : catalogue.organization(caller, organization).id(),
                project.name());
    }

    @Allow(tokens = {Tokens.CLIENT, Tokens.READ})
    @GetMapping("/projects/{id}")
    ProjectJson project(@AuthenticationPrincipal TokenIdentity caller, @PathVariable String id) {
        return catalogue.project(caller.teamId(), id);
    }

    /**
     * Answers the key that came with the call: it opens every project of its team. A key that could make keys would make
     * revoking it worthless.
     */
    @PostMapping("/projects/{id}/api-tokens")
    @ResponseStatus(HttpStatus.CREATED)
    TokenJson token(
            @AuthenticationPrincipal TokenIdentity caller, @PathVariable String id, HttpServletRequest request) {
        ProjectJson project = catalogue.project(caller.teamId(), id);
        String token = ApiKey.of(request).map(ApiKey::token).orElseThrow();
        return new TokenJson(project.id(), "the token of this call", token);
    }

    @Allow(tokens = {Tokens.CLIENT, Tokens.READ})
    @GetMapping("/projects/{id}/experiments")
    List<ExperimentJson> experiments(@AuthenticationPrincipal TokenIdentity caller, @PathVariable String id) {
        return catalogue.experiments(caller.teamId(), id);
    }

    @PostMapping({"/experiments", "/experiment"})
    @ResponseStatus(HttpStatus.CREATED)
    ExperimentJson add(@AuthenticationPrincipal TokenIdentity caller, @RequestBody NewExperiment experiment) {
        return catalogue.openExperiment(caller.teamId(), experiment.projectId(), experiment.name());
    }

    @Allow(tokens = {Tokens.CLIENT, Tokens.READ})
    @GetMapping("/experiments/{id}")
    ExperimentJson experiment(@AuthenticationPrincipal TokenIdentity caller, @PathVariable String id) {
        return catalogue.experiment(caller.teamId(), id);
    }

    /** Whatever else CodeCarbon's own server offers. */
    @Allow(tokens = {Tokens.CLIENT, Tokens.AGENT, Tokens.READ})
    @RequestMapping({"", "/", "/**"})
    ResponseEntity<Map<String, String>> other(HttpServletRequest request) {
        String detail = "There is no " + request.getMethod() + " " + request.getServletPath() + ". " + OFFERED;
        return ResponseEntity.status(HttpStatus.NOT_FOUND).body(Map.of("detail", detail));
    }
}
