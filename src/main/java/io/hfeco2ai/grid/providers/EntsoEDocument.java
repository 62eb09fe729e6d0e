package io.hfeco2ai.grid.providers;

import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** Reads GL_MarketDocument: power by type and time. Doctypes, and so entities from elsewhere, are refused. */
final class EntsoEDocument {

    /** Mean power of a type over [fromMs, fromMs + minutes). */
    record Power(String type, long fromMs, int minutes, BigDecimal megawatts) {}

    private EntsoEDocument() {}

    /** Generation only; power that pumps consume is left out. @throws ProviderFailure anything else */
    static List<Power> read(String xml) throws ProviderFailure {
        try {
            Element root = parse(xml);
            if (root.getLocalName().startsWith("Acknowledgement")) {
                throw new ProviderFailure("There is no data for this zone and time: check the zone's EIC code.");
            }
            List<Power> powers = new ArrayList<>();
            for (Element series : children(root, "TimeSeries")) {
                if (series.getElementsByTagNameNS("*", "inBiddingZone_Domain.mRID")
                                .getLength()
                        > 0) {
                    String type = text(series, "psrType");
                    for (Element period : children(series, "Period")) {
                        powers.addAll(period(type, period));
                    }
                }
            }
            return powers;
        } catch (SAXException | IOException | ParserConfigurationException e) {
            throw new ProviderFailure("The answer is no XML of the expected kind, or cut off.");
        } catch (DateTimeException | NumberFormatException | ArithmeticException e) {
            throw new ProviderFailure("The answer has a time or number that cannot be read.");
        }
    }

    private static Element parse(String xml) throws SAXException, IOException, ParserConfigurationException {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        factory.setXIncludeAware(false);
        var builder = factory.newDocumentBuilder();
        builder.setErrorHandler(null);
        return builder.parse(new InputSource(new StringReader(xml))).getDocumentElement();
    }

    /** A point that is left out repeats the one before (curve type A03). */
    private static List<Power> period(String type, Element period) throws ProviderFailure {
        long fromMs = timeMs(text(period, "start"));
        long toMs = timeMs(text(period, "end"));
        int minutes = Math.toIntExact(Duration.parse(text(period, "resolution")).toMinutes());
        TreeMap<Integer, BigDecimal> points = new TreeMap<>();
        for (Element point : children(period, "Point")) {
            points.put(Integer.valueOf(text(point, "position")), new BigDecimal(text(point, "quantity")));
        }
        List<Power> powers = new ArrayList<>();
        long steps = minutes < 1 || points.isEmpty() ? 0 : Math.min(10_000, (toMs - fromMs) / (minutes * 60_000L));
        for (int position = points.isEmpty() ? 1 : points.firstKey(); position <= steps; position++) {
            Map.Entry<Integer, BigDecimal> point = points.floorEntry(position);
            powers.add(new Power(type, fromMs + (position - 1) * minutes * 60_000L, minutes, point.getValue()));
        }
        return powers;
    }

    private static long timeMs(String text) {
        return OffsetDateTime.parse(text).toInstant().toEpochMilli();
    }

    private static List<Element> children(Element parent, String name) {
        NodeList found = parent.getElementsByTagNameNS("*", name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }

    private static String text(Element parent, String name) throws ProviderFailure {
        NodeList found = parent.getElementsByTagNameNS("*", name);
        if (found.getLength() == 0) {
            throw new ProviderFailure("The answer lacks \"" + name + "\".");
        }
        return found.item(0).getTextContent().strip();
    }
}
