// SPDX-License-Identifier: Apache-2.0 OR MIT
// Eclipse Leshan's codecs behind a pipe: a command a line, an answer a line.
//
//   d FORMAT PATH HEX         decodes; answers PATH=TYPE:VALUE ... (types as in swmgmt.h)
//   e FORMAT PATH LEAF...     encodes leaves of that form; answers hexadecimal
//
// What Leshan refuses is answered with "!" and its reason.

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.leshan.core.model.ObjectLoader;
import org.eclipse.leshan.core.model.ObjectModel;
import org.eclipse.leshan.core.model.ResourceModel.Type;
import org.eclipse.leshan.core.model.StaticModel;
import org.eclipse.leshan.core.node.LwM2mMultipleResource;
import org.eclipse.leshan.core.node.LwM2mNode;
import org.eclipse.leshan.core.node.LwM2mObject;
import org.eclipse.leshan.core.node.LwM2mObjectInstance;
import org.eclipse.leshan.core.node.LwM2mPath;
import org.eclipse.leshan.core.node.LwM2mResource;
import org.eclipse.leshan.core.node.LwM2mResourceInstance;
import org.eclipse.leshan.core.node.LwM2mSingleResource;
import org.eclipse.leshan.core.node.ObjectLink;
import org.eclipse.leshan.core.node.codec.DefaultLwM2mDecoder;
import org.eclipse.leshan.core.node.codec.DefaultLwM2mEncoder;
import org.eclipse.leshan.core.request.ContentFormat;

public class Peer {
    static final Type[] TYPES = {Type.NONE, Type.STRING, Type.OPAQUE, Type.INTEGER, Type.BOOLEAN, Type.OBJLNK};

    public static void main(String[] arguments) throws Exception {
        List<ObjectModel> models = new ArrayList<>();
        for (String file : arguments) {
            try (FileInputStream stream = new FileInputStream(file)) {
                models.addAll(ObjectLoader.loadDdfFile(stream, file));
            }
        }
        StaticModel model = new StaticModel(models);
        DefaultLwM2mDecoder decoder = new DefaultLwM2mDecoder();
        DefaultLwM2mEncoder encoder = new DefaultLwM2mEncoder();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        PrintStream out = new PrintStream(System.out, false);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.isEmpty()) {
                out.flush();
                continue;
            }
            String[] word = line.split(" ");
            String answer;
            try {
                ContentFormat format = ContentFormat.fromCode(Integer.parseInt(word[1]));
                LwM2mPath path = new LwM2mPath(word[2]);
                if (word[0].equals("d")) {
                    StringBuilder text = new StringBuilder();
                    print(text, word[2], decoder.decode(unhex(word[3]), format, null, path, model));
                    answer = text.toString();
                } else {
                    byte[] bytes = encoder.encode(node(path, word), format, null, path, model);
                    answer = bytes.length == 0 ? "-" : HexFormat.of().formatHex(bytes);
                }
            } catch (Exception | StackOverflowError e) {
                answer = "! " + String.valueOf(e.getMessage()).replace('\n', ' ');
            }
            out.println(answer);
        }
        out.flush();
    }

    static byte[] unhex(String text) {
        return text.equals("-") ? new byte[0] : HexFormat.of().parseHex(text);
    }

    // Out of Leshan's nodes.

    static void print(StringBuilder text, String at, LwM2mNode node) {
        if (node instanceof LwM2mObject object) {
            object.getInstances().values().forEach(one -> print(text, at + "/" + one.getId(), one));
        } else if (node instanceof LwM2mObjectInstance instance) {
            instance.getResources().values().forEach(one -> print(text, at + "/" + one.getId(), one));
        } else if (node instanceof LwM2mResource resource && resource.isMultiInstances()) {
            resource.getInstances().values().forEach(one -> print(text, at + "/" + one.getId(), one));
        } else if (node instanceof LwM2mResource resource) {
            leaf(text, at, resource.getType(), resource.getValue());
        } else if (node instanceof LwM2mResourceInstance one) {
            leaf(text, at, one.getType(), one.getValue());
        }
    }

    static void leaf(StringBuilder text, String at, Type type, Object value) {
        byte[] bytes = value instanceof byte[] raw ? raw : String.valueOf(value).getBytes(StandardCharsets.UTF_8);
        String shown;
        switch (type) {
            case STRING, OPAQUE -> shown = bytes.length == 0 ? "-" : HexFormat.of().formatHex(bytes);
            case BOOLEAN -> shown = (Boolean) value ? "1" : "0";
            case OBJLNK -> {
                ObjectLink link = (ObjectLink) value;
                shown = Long.toString((long) link.getObjectId() << 16 | link.getObjectInstanceId());
            }
            default -> shown = String.valueOf(value);
        }
        text.append(at).append('=').append(List.of(TYPES).indexOf(type)).append(':').append(shown).append(' ');
    }

    // Into them.

    static Object value(Type type, String text) {
        return switch (type) {
            case STRING -> new String(unhex(text), StandardCharsets.UTF_8);
            case OPAQUE -> unhex(text);
            case BOOLEAN -> text.equals("1");
            case OBJLNK -> new ObjectLink((int) (Long.parseLong(text) >> 16), (int) (Long.parseLong(text) & 0xFFFF));
            default -> Long.parseLong(text);
        };
    }

    static LwM2mNode node(LwM2mPath path, String[] word) {
        Map<Integer, Map<Integer, LwM2mResource>> instances = new TreeMap<>();
        Map<Integer, Map<Integer, Object>> several = new TreeMap<>();
        for (int i = 3; i < word.length; i++) {
            String[] half = word[i].split("=");
            LwM2mPath at = new LwM2mPath(half[0]);
            Type type = TYPES[half[1].charAt(0) - '0'];
            Object value = value(type, half[1].substring(2));
            int id = at.getResourceId();
            if (at.isResourceInstance() && path.isResourceInstance()) {
                return LwM2mResourceInstance.newInstance(at.getResourceInstanceId(), value, type);
            }
            Map<Integer, LwM2mResource> resources =
                    instances.computeIfAbsent(at.getObjectInstanceId(), key -> new TreeMap<>());
            if (at.isResourceInstance()) {
                Map<Integer, Object> mine =
                        several.computeIfAbsent(at.getObjectInstanceId() << 16 | id, key -> new TreeMap<>());
                mine.put(at.getResourceInstanceId(), value);
                resources.put(id, LwM2mMultipleResource.newResource(id, mine, type));
            } else {
                resources.put(id, LwM2mSingleResource.newResource(id, value, type));
            }
        }
        if (path.isResource()) {
            return instances.get(path.getObjectInstanceId()).get(path.getResourceId());
        }
        List<LwM2mObjectInstance> list = new ArrayList<>();
        instances.forEach((id, resources) -> list.add(new LwM2mObjectInstance(id, resources.values())));
        return path.isObjectInstance() ? list.get(0) : new LwM2mObject(path.getObjectId(), list);
    }
}
