package io.hfeco2ai.reports;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Forbidden;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.reports.Reports.Listed;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.teams.Viewer;
import org.springframework.stereotype.Component;

/** Who sees which reports: the organisation's are for admins and auditors, a team's for whoever sees the team. */
@Component
public class ReportSight {

    private final Reports reports;
    private final Teams teams;
    private final Experiments experiments;
    private final Access access;

    ReportSight(Reports reports, Teams teams, Experiments experiments, Access access) {
        this.reports = reports;
        this.teams = teams;
        this.experiments = experiments;
        this.access = access;
    }

    /** @throws NotFound there is none, or the viewer must not see it */
    public Listed seen(String id) {
        Listed report = reports.find(id).orElseThrow(() -> new NotFound("report " + id));
        String team = report.teamId();
        if (team == null ? !access.viewer().seesAll() : !access.viewer().sees(team)) {
            throw new NotFound("report " + id);
        }
        return report;
    }

    /**
     * Before a report is asked for.
     *
     * @throws Forbidden the organisation is for admins and auditors
     * @throws NotFound there is no such team, or the viewer must not see it
     * @throws BadInput the team has no such project
     */
    void require(ReportRequest request) {
        Viewer viewer = access.viewer();
        String team = request.teamId();
        if (team == null) {
            if (!viewer.seesAll()) {
                throw new Forbidden("Only admins and auditors see the whole organisation; choose one of your teams.");
            }
            return;
        }
        viewer.requireSight(team, "team " + team);
        if (teams.team(team).isEmpty()) {
            throw new NotFound("team " + team);
        }
        if (request.projectId() != null
                && experiments.projects(team).stream()
                        .noneMatch(project -> project.id().equals(request.projectId()))) {
            throw new BadInput("scope", "The team has no such project; choose one of the list.");
        }
    }

    boolean mayCancel(Listed report) {
        Viewer viewer = access.viewer();
        return viewer.admin()
                || report.askedBy().equals(viewer.userId())
                || report.askedBy().equals(viewer.tokenId());
    }
}
