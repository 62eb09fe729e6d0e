package io.hfeco2ai.budgets.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hfeco2ai.budgets.delivery.DeliveryStore.Due;
import io.hfeco2ai.budgets.delivery.Outbox.Delivery;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.testing.TestDatabases;
import io.hfeco2ai.testing.TestDatabases.Database;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mail.javamail.JavaMailSender;

/** The outbox against a real receiver that fails, stalls and repeats; time is moved by hand, the worker too. */
class DeliveryTests {

    private static final String BOTH = "io.hfeco2ai.testing.TestDatabases#both";
    private static final Instant START = Instant.parse("2026-03-10T12:00:00Z");

    private final Receiver receiver = new Receiver();
    private final Moved clock = new Moved();

    @AfterEach
    void close() {
        receiver.close();
    }

    private static final class Moved extends Clock {
        private Instant now = START;

        void by(Duration step) {
            now = now.plus(step);
        }

        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    /** One server process, as far as deliveries go; a second one on the same database is a second instance. */
    private final class Instance {
        final JdbcClient jdbc;
        final Channels channels;
        final DeliveryStore store;
        final Outbox outbox;
        final OutboxWorker worker;

        Instance(Database database) {
            jdbc = JdbcClient.create(database.dataSource());
            channels = new Channels(jdbc, clock);
            store = new DeliveryStore(jdbc, clock, "https://eco2ai.example/");
            Wakeup wakeup = new Wakeup();
            outbox = new Outbox(channels, store, jdbc, wakeup, clock);
            SecretBox secrets = new SecretBox("");
            WebClient web = new WebClient(new WebTargets(true, InetAddress::getAllByName));
            Mail mail = new Mail(new StaticListableBeanFactory().getBeanProvider(JavaMailSender.class), "", clock);
            worker = new OutboxWorker(store, channels, new Sending(web, mail, secrets, clock), wakeup, clock);
        }

        void channel(String id, String path, @Nullable QuietHours quiet, @Nullable String next) {
            channels.add(new Channel(
                    id,
                    null,
                    "Channel " + id,
                    ChannelKind.WEBHOOK,
                    "shown",
                    "plain:" + receiver.url(path),
                    "plain:key-of-" + id,
                    Severity.WARNING,
                    quiet,
                    true,
                    path.equals("/next"),
                    next == null ? null : 15,
                    next));
        }

        String alert() {
            String id = Ids.next();
            jdbc.sql("INSERT INTO alert (id, open_key, scope, kind, severity, leads_only, title, amount, detail, path,"
                            + " since_ms, raised_ms, snoozes) VALUES (?, ?, 'test', 'SILENT_NODE', 'WARNING', FALSE,"
                            + " 'Node <b>x</b> is silent', '20 min', 'Details', '/nodes/x', ?, ?, 0)")
                    .params(id, id, START.toEpochMilli(), clock.millis())
                    .update();
            outbox.raised(id, null, Severity.WARNING, false);
            return id;
        }

        /** What the worker does in a round, here and now; how many were sent. */
        int round() {
            store.escalate(channels);
            List<Due> due = store.due(100);
            int sent = 0;
            for (Due each : due) {
                if (store.lease(each, 60_000)) {
                    worker.deliver(each);
                    sent++;
                }
            }
            return sent;
        }
    }

    private static Delivery only(Instance instance, String alertId) {
        assertThat(instance.outbox.history(alertId)).hasSize(1);
        return instance.outbox.history(alertId).get(0);
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aReceiverThatFailsGetsTheSameMessageAgainUnderTheSameKey(Database database) {
        Instance instance = new Instance(database);
        instance.channel("a", "/hook", null, null);
        receiver.will("500", "503", "301");
        String alert = instance.alert();

        for (int i = 0; i < 4; i++) {
            assertThat(instance.round()).isEqualTo(1);
            assertThat(instance.round()).as("not at once").isZero();
            clock.by(Duration.ofMinutes(2));
        }

        Delivery delivery = only(instance, alert);
        assertThat(delivery.state()).isEqualTo("DELIVERED");
        assertThat(delivery.attempts())
                .extracting(Outbox.Attempt::outcome)
                .satisfiesExactly(
                        first -> assertThat(first).isEqualTo("Answered 500: no thing"),
                        second -> assertThat(second).startsWith("Answered 503"),
                        third -> assertThat(third).contains("redirects are not followed"),
                        fourth -> assertThat(fourth).isEqualTo("Answered 200."));
        assertThat(receiver.calls).hasSize(4);
        assertThat(receiver.calls).extracting(Receiver.Call::key).containsOnly(delivery.id());
        assertThat(receiver.calls).extracting(Receiver.Call::path).containsOnly("/hook");
        assertThat(receiver.calls.get(0).body())
                .contains("\"title\":\"Node <b>x</b> is silent\"")
                .contains("https://eco2ai.example/alerts/" + alert);
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aReceiverThatFailsForADayIsGivenUpVisibly(Database database) {
        Instance instance = new Instance(database);
        instance.channel("a", "/hook", null, null);
        String alert = instance.alert();

        for (int i = 0; i < 26; i++) {
            receiver.will("500");
            instance.round();
            clock.by(Duration.ofMinutes(80));
        }

        Delivery delivery = only(instance, alert);
        assertThat(delivery.state()).isEqualTo("FAILED");
        assertThat(delivery.attempts()).hasSizeBetween(15, 20);
        assertThat(instance.round()).isZero();
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void twoInstancesSendOnceAndOneThatDiedIsReplacedWhenItsLeaseEnds(Database database) {
        Instance first = new Instance(database);
        Instance second = new Instance(database);
        first.channel("a", "/hook", null, null);
        first.alert();

        Due due = second.store.due(10).get(0);
        assertThat(first.store.lease(due, 60_000)).isTrue(); // and then it is killed
        assertThat(second.store.lease(due, 60_000)).isFalse();
        assertThat(second.round()).isZero();
        clock.by(Duration.ofSeconds(61));

        assertThat(second.round()).isEqualTo(1);
        assertThat(receiver.calls).hasSize(1);
        first.worker.deliver(due); // it was not dead but slow: the receiver knows the key, the history does not grow
        assertThat(receiver.calls).extracting(Receiver.Call::key).containsOnly(due.id());
        assertThat(only(first, String.valueOf(due.alertId())).attempts()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void quietHoursHoldBackWhatIsNotCritical(Database database) {
        Instance instance = new Instance(database);
        instance.channel("a", "/hook", new QuietHours(ZoneOffset.UTC, 11 * 60, 14 * 60), null);
        String alert = instance.alert();
        instance.outbox.raised(alert, null, Severity.CRITICAL, false);

        assertThat(instance.round()).isZero();
        clock.by(Duration.ofHours(2));
        assertThat(instance.round()).isEqualTo(1);
        assertThat(instance.outbox.history(alert)).hasSize(1);
        assertThat(instance.channels.get("a").opens(Severity.CRITICAL, START)).isEqualTo(START);
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void whatNobodyAcknowledgesGoesToTheNextChannelOnce(Database database) {
        Instance instance = new Instance(database);
        instance.channel("b", "/next", null, null);
        instance.channel("a", "/hook", null, "b");
        String silent = instance.alert();
        String acknowledged = instance.alert();
        instance.round();
        instance.jdbc
                .sql("UPDATE alert SET acknowledged_ms = 1 WHERE id = ?")
                .param(acknowledged)
                .update();

        clock.by(Duration.ofMinutes(14));
        assertThat(instance.round()).isZero();
        clock.by(Duration.ofMinutes(1));
        assertThat(instance.round()).isEqualTo(1);
        assertThat(instance.round()).isZero();

        assertThat(receiver.calls.get(2).path()).isEqualTo("/next");
        assertThat(receiver.calls.get(2).body()).contains("escalated").contains(silent);
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void whoeverWasToldThatItBeganIsToldThatItIsOver(Database database) {
        Instance instance = new Instance(database);
        instance.channel("a", "/hook", null, null);
        String alert = instance.alert();
        instance.round();

        instance.jdbc
                .sql("UPDATE alert SET resolved_ms = ?")
                .param(clock.millis())
                .update();
        instance.outbox.resolved(alert, Severity.WARNING);
        instance.outbox.resolved(alert, Severity.WARNING);
        instance.round();

        assertThat(receiver.calls).hasSize(2);
        assertThat(receiver.calls.get(1).body())
                .contains("\"event\":\"resolved\"")
                .contains(START.toString());
        assertThat(receiver.calls.get(1).key())
                .isNotEqualTo(receiver.calls.get(0).key());
    }

    @Test
    void theSignatureIsTheOneThatTheDocumentationSays() throws Exception {
        Instance instance = new Instance(TestDatabases.h2());
        instance.channel("a", "/hook", null, null);
        instance.alert();
        instance.round();

        Receiver.Call call = receiver.calls.get(0);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("key-of-a".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        byte[] expected = mac.doFinal((call.timestamp() + "." + call.body()).getBytes(StandardCharsets.UTF_8));
        assertThat(call.signature()).isEqualTo("v1=" + HexFormat.of().formatHex(expected));
        assertThat(call.timestamp()).isEqualTo(Long.toString(START.getEpochSecond()));
    }

    @Test
    void anEndlessAnswerIsCutAndAStalledOneIsEnded() {
        WebClient web = new WebClient(new WebTargets(true, InetAddress::getAllByName));
        receiver.will("endless", "stall");

        assertThatThrownBy(() -> web.post(URI.create(receiver.url("/")), "{}", Map.of()))
                .hasMessageStartingWith("Answered 500: much much")
                .satisfies(refused -> assertThat(refused.getMessage()).hasSizeLessThan(400));
        long startedNs = System.nanoTime();
        assertThatThrownBy(() -> web.post(URI.create(receiver.url("/")), "{}", Map.of()))
                .isInstanceOf(Undelivered.class);
        assertThat(Duration.ofNanos(System.nanoTime() - startedNs)).isLessThan(Duration.ofSeconds(16));
    }
}
