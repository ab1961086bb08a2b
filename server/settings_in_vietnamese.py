"""What each setting does, in Vietnamese, for administrators who read them in the console.

A setting that is not here yet is shown with its English description from `server.settings`.
"""

MEANINGS: dict[str, str] = {
    "database_url": "Địa chỉ PostgreSQL. Để trống: hệ thống tự chạy PostgreSQL trong thư mục dữ liệu.",
    "data_dir": "Nơi để cơ sở dữ liệu đi kèm, mô hình đã huấn luyện và nhật ký của Rasa.",
    "audio_dir": "Nơi để bản ghi âm. Để trống: thư mục `audio` trong thư mục dữ liệu.",
    "host": "Địa chỉ mà trang trò chuyện lắng nghe. Đặt một proxy TLS ở phía trước.",
    "port": "Cổng của trang trò chuyện. 0: cổng nào trống cũng được.",
    "public_address": "Địa chỉ để bà con mở trang trò chuyện và các trang công khai; dùng trong liên kết gửi đi. "
    "Để trống: chỉ trang trò chuyện mới có liên kết.",
    "link_secret": "Khóa ký các liên kết như của `chungtay as-on`, ít nhất 16 ký tự ngẫu nhiên. Để trống: tạo một lần, "
    "giữ trong thư mục dữ liệu; phải đặt khi các tiến trình không chung thư mục đó.",
    "internal_port": "Cổng nội bộ để Rasa gọi các hành động. 0: cổng trống bất kỳ, đủ cho Rasa do hệ thống tự chạy.",
    "internal_token": "Mã mà Rasa đưa ra khi gọi các hành động. Để trống: tạo mới mỗi lần khởi động.",
    "health_port": "Cổng để tiến trình không có vai trò `web` trả lời `/healthz`, `/readyz`, `/metrics`. "
    "Để trống: không mở.",
    "metrics_token": "Mã để máy khác đọc `/metrics`. Để trống: chỉ máy này đọc được.",
    "trusted_proxies": "Địa chỉ hoặc dải mạng của proxy đứng trước hệ thống, cách nhau dấu phẩy. Đăng nhập sai được "
    "đếm theo địa chỉ mà proxy báo. Để trống: không tin ai.",
    "rasa_urls": "Địa chỉ các Rasa do người khác chạy, cách nhau dấu phẩy. Để trống: hệ thống tự chạy Rasa.",
    "rasa_token": "Mã API của các Rasa trong `CHUNGTAY_RASA_URLS`.",
    "rasa_processes": "Chạy mấy tiến trình Rasa (mỗi tiến trình khoảng 0,5 GB).",
    "rasa_timeout": "Sau chừng này giây, coi như Rasa không trả lời được một tin; tin được hỏi lại.",
    "conversation_slots": "Số cuộc trò chuyện mà một tiến trình trả lời cùng lúc.",
    "keep_words_days": "Sau chừng này ngày, lời của tin đã trả lời và câu trả lời bị xóa.",
    "keep_receipts_days": "Sau chừng này ngày, biên nhận câu trả lời bị xóa. Biên nhận chỉ ghi nói gì, không ghi với "
    "ai.",
    "fund_file": "Tệp nêu người ủng hộ được chọn góp cho việc gì. Để trống: `fund.yml` trong thư mục dữ liệu; không có "
    "tệp nào thì không hỏi.",
    "frozen_questions": "Các câu hỏi đã dán nhãn để chấm mô hình học được; không bao giờ đem ra dạy.",
    "keep_open_questions_days": "Số ngày giữ câu chưa trả lời tốt cho cán bộ, đã che thông tin và không kèm người hỏi. "
    "0: không giữ.",
    "keep_trackers_days": "Sau chừng này ngày, Rasa quên một cuộc trò chuyện đã ngừng (về việc gì, không phải với ai).",
    "keep_course_interests_days": "Sau khi lớp kết thúc hoặc người học rút, còn giữ chừng này ngày là ai muốn học.",
    "telegram_token": "Mã của bot Telegram, do BotFather cấp. Để trống: không dùng Telegram.",
    "telegram_mode": "Telegram đưa tin tới bằng cách nào: gọi `/webhooks/telegram`, hoặc hệ thống tự hỏi; `off`: "
    "không.",
    "telegram_secret": "Mã để nhận ra Telegram khi nó gọi tới, 16 đến 256 ký tự. Cần khi dùng `webhook`.",
    "telegram_address": "Địa chỉ của Bot API; đổi khi có máy chủ riêng hoặc bản thay thế để thử.",
    "telegram_per_second": "Số tin bot được gửi trong một giây bất kỳ, tính chung mọi tiến trình. Telegram nêu khoảng "
    "30: chỉ đặt cao hơn khi được cấp.",
    "sealing_key": "Khóa niêm phong mã của các kênh và khóa mã một lần của cán bộ trong cơ sở dữ liệu, ít nhất 16 ký "
    "tự ngẫu nhiên. Để trống: tạo một lần, giữ trong thư mục dữ liệu; phải đặt khi các tiến trình không chung thư mục "
    "đó.",
    "installation": "Tên của nơi cài này. Mã cấp cho nơi khác (trong bản sao cơ sở dữ liệu) không được làm mới ở đây.",
    "zalo_oa_id": "Mã số của Zalo Official Account. Để trống: không dùng Zalo.",
    "zalo_app_id": "Mã số của ứng dụng Zalo đã liên kết với tài khoản.",
    "zalo_app_secret": "Khóa bí mật của ứng dụng đó.",
    "zalo_webhook_key": "“OA Secret Key” ký các sự kiện của Zalo. Để trống: dùng khóa của ứng dụng.",
    "zalo_pkce_verifier": "43 chữ và số mà mã PKCE của nó đã lưu ở trang nhà phát triển Zalo, khi Zalo đòi. Để trống: "
    "mỗi lần đồng ý có mã riêng.",
    "zalo_signatures": "`enforce`: chỉ nhận sự kiện có chữ ký đúng. `observe`: nhận hết và báo chữ ký sai, chỉ dùng "
    "trong giờ đầu của tài khoản mới.",
    "zalo_openapi_url": "Địa chỉ gốc của OA API của Zalo.",
    "zalo_business_url": "Địa chỉ gốc để gửi mẫu tin Zalo theo số điện thoại.",
    "zalo_oauth_url": "Địa chỉ gốc để lấy mã truy cập của Zalo.",
    "zalo_appsecret_proof": "Gửi kèm bằng chứng mà ứng dụng có thể đòi.",
    "zalo_mute_minutes": "Sau khi cán bộ nhắn cho ai từ Zalo, máy im với người đó bao nhiêu phút.",
    "zalo_settle_seconds": "Một tin Zalo nằm chờ bao nhiêu giây để tin trước nó kịp đến.",
    "zalo_paid_per_day": "Số tin Zalo ngoài cửa sổ miễn phí được gửi mỗi ngày, tính chung mọi chiến dịch.",
    "campaigns_slow_from_tickets": "Từ bao nhiêu yêu cầu chờ ở bàn hỗ trợ thì chiến dịch gửi chậm lại; gấp đôi số đó "
    "thì chậm một nửa, ít nhất còn một phần mười.",
    "zalo_bot_token": "Mã của bot trên Zalo Bot Platform, do Zalo Bot Manager cấp. Để trống: không có bot này.",
    "zalo_bot_mode": "Zalo Bot Platform đưa tin tới bằng cách nào: gọi `/webhooks/zalo-bot`, hoặc hệ thống tự hỏi (chỉ "
    "để thử: tin đã hỏi lấy thì không lấy lại được); `off`: không.",
    "zalo_bot_secret": "Mã để nhận ra Zalo Bot Platform khi nó gọi tới, 8 đến 256 ký tự. Cần khi dùng `webhook`.",
    "zalo_bot_address": "Địa chỉ của Zalo Bot Platform; đổi khi dùng bản thay thế để thử.",
    "zalo_message_price": "Giá một tin Zalo ngoài cửa sổ miễn phí, bằng đồng, theo gói của tài khoản. Để trống: chi "
    "phí chiến dịch hiện là chưa biết.",
    "zalo_template_price": "Giá một tin theo mẫu Zalo đã duyệt, bằng đồng. Để trống: không lập kế hoạch gửi theo mẫu.",
    "webhooks_to_private_addresses": "Cho phép báo kết quả tới địa chỉ http và địa chỉ mạng nội bộ của tổ chức. "
    "Tắt: chỉ https công khai.",
    "sepay_secret": "Mã của SePay khi gọi `/webhooks/bank/sepay`. Để trống: đường này đóng.",
    "casso_secret": "Mã của Casso khi gọi `/webhooks/bank/casso`. Để trống: đường này đóng.",
    "payos_secret": "Khóa kiểm tra của payOS khi gọi `/webhooks/bank/payos`. Để trống: đường này đóng.",
    "log_level": "Ghi nhật ký đến mức nào.",
    "log_format": "`json` cho máy đọc, `console` cho người đọc; `auto`: xem có ai đang mở cửa sổ dòng lệnh không.",
}
