package io.hfeco2ai.edge.api;

import io.hfeco2ai.edge.api.BatchReader.Read;
import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.Recorded;
import io.hfeco2ai.metering.Metering.Rejection;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.teams.Teams.TokenIdentity;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Takes energy in. The body is read as it streams in: it is the busiest call there is. */
@RestController
class MeasurementsApi {

    private static final String MEASURED_HERE = "this node is measured by the server itself; send usage only";

    private final Metering metering;
    private final Experiments experiments;

    MeasurementsApi(Metering metering, Experiments experiments) {
        this.metering = metering;
        this.experiments = experiments;
    }

    @Operation(
            summary = "Takes energy in, at most 1,000 intervals and 10 MB a call; repeating a call changes nothing",
            requestBody =
                    @RequestBody(
                            content =
                                    @Content(
                                            mediaType = "application/json",
                                            examples = @ExampleObject(Examples.MEASUREMENTS))))
    @PostMapping(path = "/api/v1/measurements", consumes = "application/json")
    Recorded record(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request) throws IOException {
        Read read = BatchReader.read(request.getInputStream());
        if (!experiments.ownsMembers(caller.teamId(), read.memberIds())) {
            throw new BadInput(
                    "usage", "Field usage names a member_id of no run of your team; send the one that start answered.");
        }
        Batch batch = read.batch();
        return metering.watches(batch.nodeId(), batch.bootId()) ? recordUsage(batch) : metering.record(batch);
    }

    /** The sampler of this server knows the node's energy: a client there says what its runs did, nothing else. */
    private Recorded recordUsage(Batch batch) {
        int intervals = batch.intervals().size();
        List<Rejection> rejected = new ArrayList<>();
        for (int index = 0; index < intervals; index++) {
            rejected.add(new Rejection(index, MEASURED_HERE));
        }
        if (batch.usage().isEmpty()) {
            return new Recorded(0, 0, rejected);
        }
        Recorded usage = metering.record(new Batch(
                batch.nodeId(), batch.bootId(), null, batch.origin(), batch.synthetic(), List.of(), batch.usage()));
        usage.rejected().forEach(each -> rejected.add(new Rejection(intervals + each.index(), each.reason())));
        return new Recorded(usage.accepted(), usage.duplicates(), rejected);
    }
}
