import "../../style/index.css";
import "../views/index";
import { renderView } from "../lib/stage";

export default { render: renderView };
