package io.hfeco2ai.edge.codecarbon;

import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Place;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.teams.Teams.TokenIdentity;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who calls, and from where as far as it says.
 *
 * @param node id or name of the node by the address or the key; null: not said
 */
record Caller(TokenIdentity identity, @Nullable String node, HttpServletRequest request) {

    /** The words that begin CodeCarbon's own paths, of all its versions: no node in the address is called so. */
    private static final Set<String> RESERVED = Set.of(
            "auth",
            "emission",
            "emissions",
            "experiment",
            "experiments",
            "lastrun",
            "organization",
            "organizations",
            "project",
            "projects",
            "run",
            "runs",
            "telemetry",
            "users");

    /** @throws BadInput when the address has a reserved word where a node is expected */
    static Caller of(TokenIdentity identity, @Nullable String nodeInPath, HttpServletRequest request) {
        if (nodeInPath != null && RESERVED.contains(nodeInPath)) {
            throw new BadInput(
                    "node",
                    "A node in the address cannot be called " + nodeInPath
                            + ", a word of CodeCarbon's own; name it in the API key: token~" + nodeInPath + ".");
        }
        String node = nodeInPath != null
                ? nodeInPath
                : ApiKey.of(request).map(ApiKey::node).orElse(null);
        return new Caller(identity, node, request);
    }

    String teamId() {
        return identity.teamId();
    }

    /** Its hardware is not told: other tools of the same process do not tell theirs, and must be found on the same node. */
    Place place(Metering metering) {
        return metering.placeOf(teamId(), node, request, "");
    }
}
