package io.hfeco2ai.edge.api;

import io.hfeco2ai.edge.api.BatchReader.Read;
import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Recorded;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.teams.Teams.TokenIdentity;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Takes energy in. The body is read as it streams in: it is the busiest call there is. */
@RestController
class MeasurementsApi {

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
        return metering.record(read.batch());
    }
}
