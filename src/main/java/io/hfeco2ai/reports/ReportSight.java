package io.hfeco2ai.reports;

import io.hfeco2ai.platform.Forbidden;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.reports.Reports.Listed;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Viewer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Who sees which reports: the organisation's are for admins and auditors, a team's for whoever sees the team. */
@Component
class ReportSight {

    private final Reports reports;
    private final Access access;

    ReportSight(Reports reports, Access access) {
        this.reports = reports;
        this.access = access;
    }

    /** @throws NotFound there is none, or the viewer must not see it */
    Listed seen(String id) {
        Listed report = reports.find(id).orElseThrow(() -> new NotFound("report " + id));
        String team = report.teamId();
        if (team == null ? !access.viewer().seesAll() : !access.viewer().sees(team)) {
            throw new NotFound("report " + id);
        }
        return report;
    }

    /** Before a report is asked for. @param teamId null: the organisation */
    void require(@Nullable String teamId) {
        Viewer viewer = access.viewer();
        if (teamId == null && !viewer.seesAll()) {
            throw new Forbidden("Only admins and auditors see the whole organisation; choose one of your teams.");
        }
        if (teamId != null) {
            viewer.requireSight(teamId, "team " + teamId);
        }
    }

    boolean mayCancel(Listed report) {
        Viewer viewer = access.viewer();
        return viewer.admin() || report.askedBy().equals(viewer.userId());
    }
}
