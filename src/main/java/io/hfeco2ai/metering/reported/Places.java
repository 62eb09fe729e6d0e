package io.hfeco2ai.metering.reported;

import io.hfeco2ai.metering.Metering.Node;
import io.hfeco2ai.metering.Metering.Place;
import io.hfeco2ai.metering.NodeRegistry;
import io.hfeco2ai.metering.agents.Agents;
import io.hfeco2ai.metering.sampler.EmbeddedSampler;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Inputs;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** On which node a client runs whose protocol has no word for it: as it says, as its connection shows, or guessed. */
@Component
public class Places {

    private static final int LONGEST_HINT = 64;

    private final NodeRegistry nodes;
    private final EmbeddedSampler sampler;
    private final Agents agents;

    Places(NodeRegistry nodes, EmbeddedSampler sampler, Agents agents) {
        this.nodes = nodes;
        this.sampler = sampler;
        this.agents = agents;
    }

    public Place of(String teamId, @Nullable String hint, @Nullable InetSocketAddress peer, String hardware) {
        Optional<Place> here = peer == null ? Optional.empty() : byConnection(peer);
        if (hint == null || hint.isBlank()) {
            return here.orElseGet(() -> guess(teamId, peer, hardware));
        }
        Place said = bySaying(teamId, hint.strip());
        return here.filter(seen -> seen.nodeId().equals(said.nodeId())).orElse(said);
    }

    private Optional<Place> byConnection(InetSocketAddress peer) {
        String own = sampler.nodeId();
        if (!own.isEmpty() && sampler.isHere(peer.getAddress())) {
            return nodes.find(own, own)
                    .map(node -> new Place(
                            own, null, node.bootId(), sampler.pidOf(peer).orElse(null), false));
        }
        List<String> behind = agents.nodesAt(peer.getAddress());
        // Several nodes behind one address: nothing is known.
        return behind.size() != 1
                ? Optional.empty()
                : nodes.find(behind.get(0), own).map(node -> new Place(node.id(), null, node.bootId(), null, false));
    }

    private Place bySaying(String teamId, String hint) {
        Inputs.plain("node", hint);
        if (hint.length() > LONGEST_HINT) {
            throw new BadInput("node", "The node's name has " + hint.length() + " characters; shorten it to 64.");
        }
        List<Node> named = nodes.called(hint);
        if (named.size() == 1) {
            return new Place(named.get(0).id(), null, named.get(0).bootId(), null, false);
        }
        String id = "reported-" + digest(teamId + "\n" + hint);
        return new Place(id, hint, id, null, false);
    }

    private static Place guess(String teamId, @Nullable InetSocketAddress peer, String hardware) {
        String address = peer == null ? "behind a proxy" : peer.getAddress().getHostAddress();
        String id = "guessed-" + digest(teamId + "\n" + address + "\n" + hardware);
        String name = hardware.isBlank() ? address : address + " (" + hardware + ")";
        return new Place(id, name.substring(0, Math.min(200, name.length())), id, null, true);
    }

    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
