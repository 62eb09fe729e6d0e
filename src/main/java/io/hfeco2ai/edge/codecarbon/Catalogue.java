package io.hfeco2ai.edge.codecarbon;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.ExperimentSummary;
import io.hfeco2ai.experiments.Experiments.Page;
import io.hfeco2ai.experiments.Experiments.Project;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.teams.Teams.TokenIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** A team's projects and experiments in CodeCarbon's words. */
@Component
class Catalogue {

    record OrganizationJson(String id, String name, String description) {

        static OrganizationJson of(TokenIdentity caller) {
            return new OrganizationJson(caller.teamId(), caller.teamName(), "");
        }
    }

    record ProjectJson(String id, String name, String description, String organizationId) {}

    record ExperimentJson(String id, String name, String description, String projectId, boolean onCloud) {}

    private final Experiments experiments;

    Catalogue(Experiments experiments) {
        this.experiments = experiments;
    }

    /** @throws NotFound any other than the caller's team */
    OrganizationJson organization(TokenIdentity caller, String id) {
        if (!plain(id).equals(caller.teamId())) {
            throw new NotFound("organization " + id);
        }
        return OrganizationJson.of(caller);
    }

    /** @throws BadInput any other name than that of the caller's team */
    OrganizationJson organizationNamed(TokenIdentity caller, @Nullable String name) {
        if (name == null || !name.strip().equals(caller.teamName())) {
            throw new BadInput(
                    "name",
                    "An organization is a team here, and teams are not made or renamed by this call; choose "
                            + caller.teamName() + ", the team of your API key.");
        }
        return OrganizationJson.of(caller);
    }

    List<ProjectJson> projects(String teamId) {
        return experiments.projects(teamId).stream()
                .map(project -> json(teamId, project))
                .toList();
    }

    ProjectJson project(String teamId, String id) {
        return projects(teamId).stream()
                .filter(each -> each.id().equals(plain(id)))
                .findFirst()
                .orElseThrow(() -> new NotFound("project " + id));
    }

    ProjectJson openProject(String teamId, @Nullable String name) {
        return project(teamId, experiments.openProject(teamId, required("name", name)));
    }

    private static ProjectJson json(String teamId, Project project) {
        return new ProjectJson(project.id(), project.name(), "", teamId);
    }

    List<ExperimentJson> experiments(String teamId, String projectId) {
        ProjectJson project = project(teamId, projectId);
        List<ExperimentJson> found = new ArrayList<>();
        Page<ExperimentSummary> page;
        int number = 0;
        do {
            page = experiments.experiments(Set.of(teamId), project.id(), number++);
            page.items().stream()
                    .filter(each -> each.projectId().equals(project.id()))
                    .map(Catalogue::json)
                    .forEach(found::add);
        } while ((long) number * page.size() < page.total());
        return found;
    }

    ExperimentJson openExperiment(String teamId, @Nullable String projectId, @Nullable String name) {
        ProjectJson project = project(teamId, required("project_id", projectId));
        return experiment(teamId, experiments.openExperiment(teamId, project.name(), required("name", name)));
    }

    ExperimentJson experiment(String teamId, String id) {
        return summary(teamId, id).map(Catalogue::json).orElseThrow(() -> new NotFound("experiment " + id));
    }

    /** The team's experiment of that id, in either way of writing it. */
    Optional<ExperimentSummary> summary(String teamId, String id) {
        String plain = plain(id);
        return experiments.experiments(Set.of(teamId), plain, 0).items().stream()
                .filter(each -> each.id().equals(plain))
                .findFirst();
    }

    private static ExperimentJson json(ExperimentSummary experiment) {
        return new ExperimentJson(experiment.id(), experiment.name(), "", experiment.projectId(), false);
    }

    private static String required(String field, @Nullable String text) {
        if (text == null) {
            throw new BadInput(field, "Field " + field + " is missing; add it.");
        }
        return text;
    }

    /** Some clients write ids as UUIDs with dashes. */
    private static String plain(String id) {
        return id.replace("-", "").toLowerCase(Locale.ROOT);
    }
}
