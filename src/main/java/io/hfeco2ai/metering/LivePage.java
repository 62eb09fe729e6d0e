package io.hfeco2ai.metering;

import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Live power for pages, under the session: an EventSource sends no bearer token. */
@Allow(people = People.SIGNED_IN)
@RestController
class LivePage {

    private final Metering metering;

    LivePage(Metering metering) {
        this.metering = metering;
    }

    @GetMapping(path = "/nodes/{id}/live", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    SseEmitter live(@PathVariable String id) {
        return metering.stream(id);
    }
}
